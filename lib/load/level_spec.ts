/** What one level is to be, before requests are drawn for it. */

import { type Level, UserError } from "../core/mod.ts";

/** A level as asked for; all levels of a run together make the plan. */
export interface LevelSpec extends Omit<Level, "level"> {
  /** Sent first, recorded, and left out of every figure. */
  readonly warmup_requests: number;
  /** Measured requests (`load.requests`); null: FMBench's rule. */
  readonly requests: number | null;
  /** FMBench's `min_iters_per_combination`. */
  readonly min_iters: number;
  /** FMBench's `max_iters_per_combination`. */
  readonly max_iters: number;
}

/** FMBench's defaults for the least and the greatest number of chunks of a level. */
export const iterationDefaults = { min_iters: 5, max_iters: 105 } as const;

/**
 * How many requests a level measures: `requests` when given, else FMBench's chunks x concurrency, where the payloads make
 * ceil(rows / concurrency) chunks, clamped to [min_iters, max_iters].
 */
export function measuredRequests(
  spec: Pick<LevelSpec, "requests" | "concurrency" | "min_iters" | "max_iters">,
  rows: number,
): number {
  if (spec.requests !== null) return spec.requests;
  const chunks = Math.ceil(rows / spec.concurrency);
  return Math.max(spec.min_iters, Math.min(spec.max_iters, chunks)) * spec.concurrency;
}

/** How the load of a level is called; part of its requests' ids. */
export function loadName(level: Pick<Level, "arrival" | "concurrency">): string {
  return `${level.arrival}:${level.concurrency}`;
}

/** Experiment, payload file and load in words, for messages and progress. */
export function levelLabel(level: Pick<Level, "endpoint" | "payload_file" | "concurrency">): string {
  return `${level.endpoint.experiment_name} · ${level.payload_file} · concurrency ${level.concurrency}`;
}

/** Throws UserError when a number of the level makes no sense. */
export function checkLevel(spec: LevelSpec): void {
  const wanted: readonly [string, number | null, number][] = [
    ["concurrency", spec.concurrency, 1],
    ["requests", spec.requests, 1],
    ["warm-up requests", spec.warmup_requests, 0],
    ["fewest iterations", spec.min_iters, 1],
    ["most iterations", spec.max_iters, spec.min_iters],
  ];
  for (const [name, value, least] of wanted) {
    if (value === null || (Number.isInteger(value) && value >= least)) continue;
    throw new UserError({
      action: "plan the load of",
      thing: levelLabel(spec),
      found: `${name}: ${value}`,
      expected: `a whole number of at least ${least}`,
    });
  }
}
