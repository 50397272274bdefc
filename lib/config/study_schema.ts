/** The schema of `study`: a latency study from a scenario file. */

import { z } from "zod";
import { defaults } from "./defaults.ts";
import { simulate } from "./experiment_schema.ts";
import { amount, fieldNotes, flag, fraction, list, positive, section, text, whole } from "./field.ts";
import { durationForm } from "./study_duration.ts";

const duration = z.union([z.number().positive(), z.string().regex(durationForm)]).register(fieldNotes, {
  expected: "a duration like 90m, 24h, 1d12h or 2w, or seconds, more than 0",
});

const quota = section({
  model_id: text("the model's id").optional(),
  region: text("the name of a region").optional(),
  requests_per_minute: positive("requests a minute").optional(),
  tokens_per_minute: positive("tokens a minute").optional(),
});

const precision = z.number().gt(0).lt(1).register(fieldNotes, {
  expected: "half the width of the interval of a change, like 0.05, between 0 and 1",
});

/** The whole section. */
export const study = section({
  scenarios: text("the path or address of a scenario file"),
  invocations_per_scenario: whole(1).default(defaults.study.invocations_per_scenario),
  rounds: whole(1).optional(),
  sleep_between_invocations: amount("seconds").optional(),
  parallel_calls: whole(1).default(defaults.study.parallel_calls),
  duration: duration.optional(),
  calls_per_minute: positive("calls a minute").optional(),
  jitter: fraction("the greatest part of a pause by which it is drawn longer or shorter").default(
    defaults.study.jitter,
  ),
  idle_connection_seconds: positive("seconds").default(defaults.study.idle_connection_seconds),
  quotas: list(quota, "quotas").default([]),
  precision: precision.optional(),
  stop_when_precise: flag().default(defaults.study.stop_when_precise),
  simulate: simulate.optional(),
  derived: flag().optional(),
});
