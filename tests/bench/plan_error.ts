/**
 * How far the capacity plan is off, in simulated time: engines of the embedded endpoint's timing model are measured in closed
 * loop, 400 requests a level, and what the plan says that one carries is held against what it does carry under Poisson arrivals.
 * First the engines of docs/plan.md, then as many made up by chance as asked for, which nothing was fitted to.
 *
 *     deno run -A tests/bench/plan_error.ts [40]
 */

import { type Random, seededRandom } from "../../lib/core/mod.ts";
import { keepsLimit, type LatencyLimit, statisticOf } from "../../lib/metrics/plan/objective.ts";
import { replicaCapacity } from "../../lib/metrics/plan/replica_capacity.ts";
import type { ServiceLevelTimes } from "../../lib/metrics/plan/replica_model.ts";
import { drawTraffic } from "../../lib/metrics/plan/traffic.ts";
import type { Timing } from "../../lib/simulate/engine.ts";
import { profiles } from "../../lib/simulate/profiles.ts";
import { closedLoop, openLoop } from "../metrics/plan/engine_load.ts";

interface Case {
  readonly name: string;
  readonly timing: Timing;
  readonly levels: readonly number[];
  readonly factors: readonly number[];
  readonly statistic: LatencyLimit["statistic"];
}

const six: Timing = {
  base_ms: 20,
  prefill_tokens_per_s: 20_000,
  decode_ms: 5,
  decode_ms_per_sequence: 1,
  slots: 6,
  jitter: 0.1,
};

const named = ([
  ["sim-small, 8 slots", profiles["sim-small"], [1, 2, 4, 8, 16]],
  ["sim-small, 8 slots", profiles["sim-small"], [1, 8, 32, 64]],
  ["sim-small, 8 slots", profiles["sim-small"], [1, 4, 16]],
  ["sim-large, 32 slots", profiles["sim-large"], [1, 2, 4, 8, 16, 32, 64]],
  ["sim-large, 32 slots", profiles["sim-large"], [1, 8, 32, 64]],
  ["sim-large, 32 slots", profiles["sim-large"], [1, 4, 16, 64]],
  ["6 slots", six, [1, 2, 4, 8, 16]],
  ["6 slots", six, [1, 2, 4, 6, 8]],
] as const).map(([name, timing, levels]): Case => ({
  ...{ name, timing, levels, factors: [1.3, 1.8, 2.5, 4], statistic: "p95" },
}));

function byChance(random: Random, i: number): Case {
  const between = (low: number, high: number) => low * (high / low) ** random.next();
  const slots = Math.round(between(2, 48));
  const decode_ms = between(2, 20);
  const timing = {
    base_ms: between(5, 80),
    prefill_tokens_per_s: between(8000, 100_000),
    decode_ms,
    decode_ms_per_sequence: decode_ms * between(0.01, 0.3),
    slots,
    jitter: 0.2 * random.next(),
  };
  const most = 2 ** Math.ceil(Math.log2(slots * 2));
  const levels = [1, 2, 4, 8, 16, 32, 64, 128].filter((level) => level <= most);
  const statistics = ["p50", "p95", "p99", "mean"] as const;
  return {
    name: `made up ${i + 1}, ${slots} slots`,
    timing,
    levels,
    factors: [between(1.2, 5)],
    statistic: statistics[random.below(4)]!,
  };
}

/** What one engine carries: bisection to half a per cent, 10,000 requests each. */
function truth(timing: Timing, limit: LatencyLimit, start: number): number {
  let [kept, missed] = [0, start * 2];
  while (missed - kept > 0.005 * missed) {
    const middle = (kept + missed) / 2;
    if (keepsLimit(openLoop(timing, middle, 10_000), limit)) kept = middle;
    else missed = middle;
  }
  return kept;
}

const { poisson } = drawTraffic(20_000, 42);

/** Errors of one case, and whether the intervals hold the truth. */
function judge({ name, timing, levels, factors, statistic }: Case) {
  const measured = levels.map((concurrency): ServiceLevelTimes => ({
    concurrency,
    times_ms: closedLoop(timing, concurrency, 400),
  }));
  const full = Math.max(
    ...measured.map(({ concurrency, times_ms }) => 60_000 * concurrency / statisticOf(times_ms, "mean")!),
  );
  const found = factors.map((factor) => {
    const limit = { statistic, limit_ms: factor * statisticOf(measured[0]!.times_ms, statistic)! };
    const { value, low, high } = replicaCapacity(measured, limit, poisson, 42);
    // The plan never promises more than 95 % of what gets through; beyond that there is nothing to be wrong about.
    const carried = Math.min(truth(timing, limit, full), 0.97 * full);
    const error = (value ?? 0) / carried - 1;
    return { factor, error, held: low !== null && low <= carried && carried <= (high ?? Infinity) };
  });
  const words = found.map(({ factor, error, held }) =>
    `L x ${factor.toFixed(1)}: ${(100 * error).toFixed(1)} %${held ? "" : " (outside)"}`
  );
  console.log(`${name}, levels ${levels.join(", ")}, ${statistic}: ${words.join("; ")}`);
  return found;
}

function sum(title: string, found: readonly { readonly error: number; readonly held: boolean }[]): void {
  const errors = found.map(({ error }) => error).sort((a, b) => a - b);
  const at = (part: number) => (100 * errors[Math.floor(part * (errors.length - 1))]!).toFixed(1);
  const held = found.filter((one) => one.held).length;
  console.log(
    `${title}: error of the capacity ${at(0)} to ${at(1)} %, median ${
      at(0.5)
    } %; ${held} of ${found.length} intervals hold the truth\n`,
  );
}

sum("engines of docs/plan.md", named.flatMap(judge));
const random = seededRandom(5, "engines by chance");
const count = Number(Deno.args[0] ?? 40);
sum("engines by chance", Array.from({ length: count }, (_, i) => byChance(random, i)).flatMap(judge));
