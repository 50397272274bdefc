/** What one level is to be, before requests are drawn for it. */

import { type Level, showNumber, UserError } from "../core/mod.ts";
import { meanRate } from "./arrivals.ts";
import type { TraceRequest } from "./trace.ts";

/** What a level is unless it says otherwise. */
const levelDefaults = {
  request_rate_rps: null,
  max_in_flight: null,
  duration_ms: null,
  drain_ms: 0,
  ci_width: null,
  retry: { attempts: 1, backoff_ms: 1000, on: ["throttled", "network"] },
  cache_busting: false,
  shared_prefix: null,
} as const satisfies Partial<Level>;

type Defaulted = keyof typeof levelDefaults;

/** A level as asked for; all levels of a run together make the plan. */
export interface LevelSpec
  extends Omit<Level, "level" | Defaulted>, Partial<Pick<Level, Exclude<Defaulted, "request_rate_rps">>> {
  /** Sent first, recorded, and left out of every figure. */
  readonly warmup_requests: number;
  /** Measured requests (`load.requests`); null: FMBench's rule, or with `duration_ms` as many as come. */
  readonly requests: number | null;
  /** FMBench's `min_iters_per_combination`. */
  readonly min_iters: number;
  /** FMBench's `max_iters_per_combination`. */
  readonly max_iters: number;
  /** Open loop: arrivals per second; several for `ramp` and `step`, none for `trace`. */
  readonly rates_rps?: readonly number[];
  /** Open loop: see `Schedule`. */
  readonly burstiness?: number | null;
  /** What `trace` replays, its times scaled already. */
  readonly trace?: readonly TraceRequest[];
}

/** FMBench's defaults for the least and the greatest number of chunks of a level. */
export const iterationDefaults = { min_iters: 5, max_iters: 105 } as const;

/**
 * How many requests a closed-loop level measures: `requests` when given, else FMBench's chunks x concurrency, where the
 * payloads make ceil(rows / concurrency) chunks, clamped to [min_iters, max_iters].
 */
export function measuredRequests(
  spec: Pick<LevelSpec, "requests" | "min_iters" | "max_iters"> & { readonly concurrency: number },
  rows: number,
): number {
  if (spec.requests !== null) return spec.requests;
  const chunks = Math.ceil(rows / spec.concurrency);
  return Math.max(spec.min_iters, Math.min(spec.max_iters, chunks)) * spec.concurrency;
}

/** A level that ends by the clock is given requests enough for an answer every 50 ms in each slot, within reason. */
const reservePerSecond = 20;
const largestReserve = 100_000;

/** How many requests to plan for a closed loop of `ms` milliseconds. */
export function reserveFor(ms: number, concurrency: number): number {
  return Math.min(largestReserve, Math.ceil(ms / 1000 * reservePerSecond) * concurrency);
}

/** The level that a spec asks for, at its place in the order of sending. The rate of a trace, or a study, shows only when it is planned. */
export function levelOf(spec: LevelSpec, level: number): Level {
  const {
    warmup_requests: _warmup,
    requests: _requests,
    min_iters: _min,
    max_iters: _max,
    rates_rps = [],
    burstiness: _burstiness,
    trace: _trace,
    ...shared
  } = spec;
  const { arrival } = spec;
  const request_rate_rps = arrival === "closed" || arrival === "trace" || arrival === "study"
    ? null
    : meanRate({ arrival, rates_rps });
  return { ...levelDefaults, ...shared, level, request_rate_rps };
}

/** The file of `data/prompts` that a level's prompts are read from. */
export function promptsFileOf(
  { prompts_file, payload_file }: Pick<Level, "prompts_file" | "payload_file">,
): string {
  return prompts_file ?? payload_file;
}

/** How the load of a level is called; part of its requests' ids. */
export function loadName(
  spec: Pick<LevelSpec, "arrival" | "concurrency" | "rates_rps" | "burstiness" | "trace">,
): string {
  const { arrival, concurrency, rates_rps = [], burstiness = null, trace = [] } = spec;
  if (arrival === "closed") return `closed:${concurrency}`;
  if (arrival === "study") return arrival;
  const shape = burstiness === null ? "" : `(${burstiness})`;
  return `${arrival}${shape}:${arrival === "trace" ? trace.length : rates_rps.join("-")}`;
}

/** The load of a level in words. */
export function loadLabel(
  { arrival, concurrency, request_rate_rps }: Pick<Level, "arrival" | "concurrency" | "request_rate_rps">,
): string {
  return arrival === "closed"
    ? `concurrency ${concurrency}`
    : arrival === "study" && request_rate_rps !== null
    ? `${showNumber(request_rate_rps * 60)}/min study`
    : `${request_rate_rps === null ? "" : `${request_rate_rps}/s `}${arrival}`;
}

/** Experiment, payload file and load in words, for messages and progress. */
export function levelLabel(
  level: Pick<Level, "endpoint" | "payload_file" | "arrival" | "concurrency" | "request_rate_rps">,
): string {
  return `${level.endpoint.experiment_name} · ${level.payload_file} · ${loadLabel(level)}`;
}

/** Throws UserError when a number of the level makes no sense. */
export function checkLevel(spec: LevelSpec): void {
  const open = spec.arrival !== "closed";
  const wanted: readonly [string, number | null, number][] = [
    ...(open ? [] : [["concurrency", spec.concurrency ?? 0, 1] as [string, number, number]]),
    ["requests", spec.requests, 1],
    ["warm-up requests", spec.warmup_requests, 0],
    ["fewest iterations", spec.min_iters, 1],
    ["most iterations", spec.max_iters, spec.min_iters],
    ["requests in flight at most", spec.max_in_flight ?? null, 1],
    ["attempts", spec.retry?.attempts ?? null, 1],
  ];
  for (const [name, value, least] of wanted) {
    if (value === null || (Number.isInteger(value) && value >= least)) continue;
    throw complaint(spec, `${name}: ${value}`, `a whole number of at least ${least}`);
  }
  if (open) checkSchedule(spec);
}

function checkSchedule(spec: LevelSpec): void {
  const { arrival, rates_rps = [], trace = [], requests, duration_ms = null } = spec;
  if (arrival === "study") return;
  if (arrival === "trace") {
    if (trace.length === 0) throw complaint(spec, "no trace", "a trace to replay");
    return;
  }
  const least = arrival === "ramp" ? 2 : 1;
  const most = arrival === "ramp" || arrival === "step" ? Infinity : 1;
  if (rates_rps.length < least || rates_rps.length > most || rates_rps.some((rate) => !(rate > 0))) {
    const number = most === 1 ? "one rate" : `at least ${least} rates`;
    throw complaint(spec, `rates: ${rates_rps.join(", ") || "none"}`, `${number} of more than 0 a second`);
  }
  if (duration_ms === null && (most > 1 || requests === null)) {
    throw complaint(
      spec,
      "no duration",
      most > 1 ? "how long the rates change" : "a duration or a number of requests",
    );
  }
}

function complaint(spec: LevelSpec, found: string, expected: string): UserError {
  return new UserError({ action: "plan the load of", thing: levelLabel(levelOf(spec, 0)), found, expected });
}
