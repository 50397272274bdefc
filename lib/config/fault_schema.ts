/** The schema of `simulate.faults`: what goes wrong at the embedded endpoint, and how often. Values left out are its own. */

import { z } from "zod";
import { fieldNotes, section, whole } from "./field.ts";

const chance = () =>
  z.union([z.number().min(0).max(1), z.array(z.int().min(1))]).register(fieldNotes, {
    expected: "a probability from 0 to 1, or a list of requests counted from 1",
  }).optional();

const between = (least: number, most: number) =>
  z.int().min(least).max(most).register(fieldNotes, { expected: `a whole number from ${least} to ${most}` })
    .optional();

const time = (unit: string, most: number) =>
  z.number().min(0).max(most).register(fieldNotes, { expected: `${unit}, from 0 to ${most}` });
const seconds = (what = "seconds") => time(what, 86_400);
const milliseconds = () => time("milliseconds", 60_000).optional();

/** At most one of these strikes a request. */
const failures = {
  http_429: chance(),
  http_500: chance(),
  reset_before_headers: chance(),
  reset_mid_stream: chance(),
  closed_mid_stream: chance(),
  error_mid_stream: chance(),
  truncated: chance(),
  malformed_json: chance(),
  stall: chance(),
};

export const failureNames = Object.keys(failures) as (keyof typeof failures)[];

/** Failures, shapes (any number of them strike a request, and none makes it fail), then what goes with them. */
export const faults = section({
  ...failures,
  slow_drip: chance(),
  merged_events: chance(),
  split_events: chance(),
  role_only_first: chance(),
  empty_deltas: chance(),
  comments: chance(),
  reasoning: chance(),
  tool_calls: chance(),
  usage_tail: chance(),
  no_usage: chance(),
  oversized_line: chance(),
  invalid_utf8: chance(),
  served_standard: chance(),
  seed: whole(0).optional(),
  retry_after_s: between(0, 86_400),
  stall_s: seconds().optional(),
  drip_bytes: between(1, 65_536),
  drip_every_ms: milliseconds(),
  merge_events: between(2, 1_000),
  split_pieces: between(2, 1_000),
  split_every_ms: milliseconds(),
  reasoning_tokens: between(1, 100_000),
  oversized_bytes: between(1_024, 64 << 20),
  exception: z.string().regex(/^[A-Za-z]{1,64}$/).register(fieldNotes, {
    expected: "the name of an exception of AWS",
  }).optional(),
  freeze: section({
    at_s: seconds("seconds from the first request"),
    for_s: seconds(),
  }).optional(),
});
