/** What the embedded endpoint can be told to do wrong, or in an unusual shape, and the check of it. */

import { UserError } from "../core/mod.ts";

/** What makes a request fail; at most one strikes a request. */
export const failureNames = [
  /** 429 with `retry-after`. */
  "http_429",
  /** 500 with an error body. */
  "http_500",
  /** The connection is reset (RST) before anything is answered. */
  "reset_before_headers",
  /** It is reset in the middle of the answer. */
  "reset_mid_stream",
  /** It is closed (FIN) in the middle of the answer. */
  "closed_mid_stream",
  /** An error event with the code 503, then the connection is closed. */
  "error_mid_stream",
  /** The HTTP response is whole, but the stream has neither finish reason nor terminal event. */
  "truncated",
  /** One event holds half of a JSON object; the stream goes on. */
  "malformed_json",
  /** No bytes for `stall_s` in the middle of the answer, then the rest at once. */
  "stall",
] as const;

/** Unusual but valid shapes of an answer; any number of them go together, and none of them makes a request fail. */
export const shapeNames = [
  /** A few bytes at a time: `drip_bytes` every `drip_every_ms`. */
  "slow_drip",
  /** `merge_events` token events in one write. */
  "merged_events",
  /** Each token event in `split_pieces` writes, `split_every_ms` apart. */
  "split_events",
  /** The first event has the role and no content, not even an empty one. */
  "role_only_first",
  /** An event with an empty delta before each token. */
  "empty_deltas",
  /** A comment before each token event, by turns as an event of its own and within the token's. */
  "comments",
  /** `reasoning_tokens` deltas of reasoning before the text; they count as completion tokens. */
  "reasoning",
  /** The answer comes as the arguments of a tool call. */
  "tool_calls",
  /** Finish reason, usage and terminal event each in a write of its own. */
  "usage_tail",
  /** No usage, though it was asked for. */
  "no_usage",
  /** One token's event is a line of `oversized_bytes`. */
  "oversized_line",
  /** Within one token's text stands a byte that is no UTF-8. */
  "invalid_utf8",
  /** Asked for optimised latency or a service tier, Bedrock serves the standard ones, and says so. */
  "served_standard",
] as const;

export type FailureName = typeof failureNames[number];
export type ShapeName = typeof shapeNames[number];
export type FaultName = FailureName | ShapeName;

/** A probability for each request, or the requests it strikes, counted from 1 in the order of their arrival. */
export type Chance = number | readonly number[];

/** What goes with the faults. */
export interface FaultParameters {
  /** Seed of what strikes which request. @default the endpoint's */
  readonly seed: number;
  /** Whole seconds in the header `retry-after` of a 429. @default 1 */
  readonly retry_after_s: number;
  /** @default 60 */
  readonly stall_s: number;
  /** @default 16 */
  readonly drip_bytes: number;
  /** @default 1 */
  readonly drip_every_ms: number;
  /** @default 4 */
  readonly merge_events: number;
  /** @default 4 */
  readonly split_pieces: number;
  /** @default 1 */
  readonly split_every_ms: number;
  /** @default 8 */
  readonly reasoning_tokens: number;
  /** @default 1,048,576 */
  readonly oversized_bytes: number;
  /**
   * The exception of AWS that `http_500` and `error_mid_stream` are, such as `ModelNotReadyException`, where the protocol
   * is one of AWS. null = the most usual one. @default null
   */
  readonly exception: string | null;
  /** The whole endpoint stands still for `for_s` seconds, `at_s` after its first request for an answer. null = never. */
  readonly freeze: { readonly at_s: number; readonly for_s: number } | null;
}

/** As it is written: chances by name, and parameters. */
export type FaultOptions = Partial<Record<FaultName, Chance>> & Partial<FaultParameters>;

/** As it is used. */
export interface FaultSettings extends FaultParameters {
  readonly chances: ReadonlyMap<FaultName, Chance>;
}

const parameterDefaults: Omit<FaultParameters, "seed"> = {
  retry_after_s: 1,
  stall_s: 60,
  drip_bytes: 16,
  drip_every_ms: 1,
  merge_events: 4,
  split_pieces: 4,
  split_every_ms: 1,
  reasoning_tokens: 8,
  oversized_bytes: 1 << 20,
  exception: null,
  freeze: null,
};

type Check = readonly [(value: unknown) => boolean, string];

const isNumber = (from: number, to: number) => (value: unknown) =>
  typeof value === "number" && value >= from && value <= to;
const isWhole = (from: number, to: number) => (value: unknown) =>
  Number.isInteger(value) && isNumber(from, to)(value);
const seconds: Check = [isNumber(0, 86_400), "seconds, from 0 to 86400"];
const milliseconds: Check = [isNumber(0, 60_000), "milliseconds, from 0 to 60000"];

const parameterChecks: { readonly [K in keyof FaultParameters]: Check } = {
  seed: [Number.isFinite, "a number"],
  retry_after_s: [isWhole(0, 86_400), "whole seconds, from 0 to 86400"],
  stall_s: seconds,
  drip_bytes: [isWhole(1, 65_536), "a whole number from 1 to 65536"],
  drip_every_ms: milliseconds,
  merge_events: [isWhole(2, 1_000), "a whole number from 2 to 1000"],
  split_pieces: [isWhole(2, 1_000), "a whole number from 2 to 1000"],
  split_every_ms: milliseconds,
  reasoning_tokens: [isWhole(1, 100_000), "a whole number from 1 to 100000"],
  oversized_bytes: [isWhole(1_024, 64 << 20), "a whole number from 1024 to 67108864"],
  exception: [isException, "null, or the name of an exception of AWS"],
  freeze: [isFreeze, "null, or {at_s, for_s} in seconds"],
};

const chance: Check = [isChance, "a probability from 0 to 1, or a list of requests counted from 1"];

const faultNames = new Set<string>([...failureNames, ...shapeNames]);

/**
 * Fills in the defaults. Null (nothing is disturbed) stays null.
 *
 * @throws {UserError} if a name is unknown, a value is wrong, or the failures' probabilities are more than 1 together
 */
export function completeFaults(given: FaultOptions | null, seed: number): FaultSettings | null {
  if (given === null) return null;
  const chances = new Map<FaultName, Chance>();
  for (const [name, value] of Object.entries(given)) {
    const isFault = faultNames.has(name);
    const [valid, expected] = isFault ? chance : parameterChecks[name as keyof FaultParameters] ??
      [() => false, `one of ${[...faultNames, ...Object.keys(parameterChecks)].join(", ")}`];
    if (!valid(value)) throw wrong(name, `it is ${JSON.stringify(value)}`, expected);
    if (isFault) chances.set(name as FaultName, value as Chance);
  }
  const sum = failureNames.reduce((total, name) => total + probabilityOf(chances.get(name)), 0);
  if (sum > 1 + 1e-9) {
    throw wrong(
      "the probabilities of failures",
      `they are ${sum} together`,
      "at most 1: one strikes a request",
    );
  }
  const parameters = Object.fromEntries(
    Object.keys(parameterChecks).filter((name) => Object.hasOwn(given, name))
      .map((name) => [name, given[name as keyof FaultParameters]]),
  );
  return { seed, ...parameterDefaults, ...parameters, chances };
}

/** 0 for a schedule. */
export function probabilityOf(value: Chance | undefined): number {
  return typeof value === "number" ? value : 0;
}

function wrong(thing: string, found: string, expected: string): UserError {
  return new UserError({ action: "simulate the fault", thing, found, expected });
}

function isChance(value: unknown): boolean {
  return Array.isArray(value) ? value.every(isWhole(1, Number.MAX_SAFE_INTEGER)) : isNumber(0, 1)(value);
}

function isException(value: unknown): boolean {
  return value === null || (typeof value === "string" && /^[A-Za-z]{1,64}$/.test(value));
}

function isFreeze(value: unknown): boolean {
  if (value === null) return true;
  if (typeof value !== "object") return false;
  const { at_s, for_s, ...more } = value as Record<string, unknown>;
  return seconds[0](at_s) && seconds[0](for_s) && Object.keys(more).length === 0;
}
