/** How each endpoint is loaded, with everything settled that the config leaves open. */

import type { RetryPolicy } from "../core/mod.ts";
import { defaults } from "./defaults.ts";
import { type Fleet, localWorkers, settleFleet } from "./fleet.ts";
import { ownLoad } from "./load_schema.ts";
import type { WrittenConfig } from "./schema.ts";

type WrittenLoad = WrittenConfig["load"];
type WrittenOwnLoad = NonNullable<WrittenConfig["experiments"][number]["load"]>;

/** How one endpoint is loaded: the run's load with the experiment's own keys laid over it. null: not used, or no limit. */
export interface OwnLoad {
  readonly mode: WrittenLoad["mode"];
  /** Measured requests of a level; null = by another stop rule, or by FMBench's iterations per combination. */
  readonly requests: number | null;
  readonly duration_seconds: number | null;
  readonly ci_width: number | null;
  readonly warmup_requests: number;
  readonly drain_seconds: number;
  /** Set in open loop. */
  readonly arrival: NonNullable<WrittenLoad["arrival"]> | null;
  /** Set in open loop, but for a trace. */
  readonly rates_rps: readonly number[] | null;
  readonly burstiness: number | null;
  readonly max_in_flight: number | null;
  /** Absolute, or as written where it was not found. */
  readonly trace_file: string | null;
  readonly time_scale: number | null;
  readonly timeout_seconds: number;
  readonly stall_seconds: number;
  /** null = no retry. */
  readonly retry: RetryPolicy | null;
  readonly stop_error_rate: number;
  readonly cache_busting: boolean;
  readonly shared_prefix_tokens: number;
}

/** How endpoints are loaded. */
export interface Load extends OwnLoad {
  readonly seed: number;
  readonly clock: WrittenLoad["clock"];
  readonly workers: WrittenLoad["workers"];
  /** null: this machine sends. */
  readonly fleet: Fleet | null;
}

/** Keys that only mean something for some modes and arrivals, with what a fault says was expected. */
export const conditionalKeys = {
  arrival: [({ mode }) => mode === "open", "mode: open"],
  rates_rps: [
    ({ mode, arrival }) => mode === "open" && arrival !== "trace",
    "mode: open, with another arrival than trace",
  ],
  max_in_flight: [({ mode }) => mode === "open", "mode: open"],
  burstiness: [
    ({ arrival }) => arrival === "gamma" || arrival === "ramp" || arrival === "step",
    "mode: open and arrival: gamma, ramp or step",
  ],
  trace_file: [({ arrival }) => arrival === "trace", "mode: open and arrival: trace"],
  time_scale: [({ arrival }) => arrival === "trace", "mode: open and arrival: trace"],
} as const satisfies Partial<
  Record<keyof OwnLoad, readonly [(load: Pick<OwnLoad, "mode" | "arrival">) => boolean, string]>
>;

/** The load of one experiment; without `own` that of the run. */
export function settleLoad(config: WrittenConfig, own: WrittenOwnLoad = {}): OwnLoad {
  const { load, datasets } = config;
  const of = <K extends keyof typeof ownLoad>(key: K) => own[key] ?? load[key];
  const mode = of("mode")!;
  const arrival = mode === "open" ? of("arrival") ?? defaults.load.arrival : null;
  const duration_seconds = of("duration_seconds") ?? null;
  const ci_width = of("ci_width") ?? null;
  const byIterations = mode === "closed" &&
    (datasets.min_iters_per_combination ?? datasets.max_iters_per_combination) !== undefined;
  const byOther = byIterations || duration_seconds !== null || arrival === "trace";
  const most = ci_width === null ? defaults.load.requests : defaults.load.requests_for_width;
  const when = <K extends keyof typeof conditionalKeys, V>(key: K, value: V | undefined) =>
    conditionalKeys[key][0]({ mode, arrival }) ? value ?? null : null;
  return {
    mode,
    requests: of("requests") ?? (byOther ? null : most),
    duration_seconds,
    ci_width,
    warmup_requests: of("warmup_requests")!,
    drain_seconds: of("drain_seconds") ?? defaults.load.drain_seconds,
    arrival,
    rates_rps: when("rates_rps", of("rates_rps")),
    burstiness: when("burstiness", of("burstiness")),
    max_in_flight: when("max_in_flight", of("max_in_flight")),
    trace_file: when("trace_file", of("trace_file")),
    time_scale: when("time_scale", of("time_scale") ?? defaults.load.time_scale),
    timeout_seconds: of("timeout_seconds")!,
    stall_seconds: of("stall_seconds")!,
    retry: of("retry") ?? null,
    stop_error_rate: of("stop_error_rate")!,
    cache_busting: of("cache_busting") ?? defaults.load.cache_busting,
    shared_prefix_tokens: of("shared_prefix_tokens") ?? defaults.load.shared_prefix_tokens,
  };
}

/**
 * The run's own load. A key that only some experiments use is kept as it is written; a number of requests that no experiment
 * would take over is not made up.
 */
export function settleRunLoad(config: WrittenConfig): Load {
  const { load, experiments } = config;
  const settled = settleLoad(config);
  const differs = experiments.some(({ load: own }) =>
    (own?.mode ?? own?.arrival ?? own?.duration_seconds ?? own?.ci_width) !== undefined
  );
  return {
    ...settled,
    requests: load.requests ?? (differs ? null : settled.requests),
    arrival: load.arrival ?? settled.arrival,
    rates_rps: load.rates_rps ?? null,
    burstiness: load.burstiness ?? null,
    max_in_flight: load.max_in_flight ?? null,
    trace_file: load.trace_file ?? null,
    time_scale: load.time_scale ?? settled.time_scale,
    seed: load.seed,
    clock: load.clock,
    workers: localWorkers(load),
    fleet: settleFleet(load),
  };
}
