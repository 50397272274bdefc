/** How often a comparison finds a difference, counted over simulated pairs of runs. */

import {
  comparedFigures,
  type ComparedName,
  type Estimate,
  type Random,
  seededRandom,
} from "../../lib/core/mod.ts";
import {
  changeOf,
  compareCells,
  estimatePercentile,
  meanShift,
  measuredWindows,
  percentileInflation,
  percentiles,
  type Pilot,
  quantile,
  rateEstimate,
  sampleSizeFor,
  seriesMean,
  shiftBetween,
  sorted,
} from "../../lib/metrics/mod.ts";
import { closedLoop } from "./closed_loop.ts";
import { latencies } from "./simulated_latencies.ts";

export const statistics = ["p50", "p95", "p99", "mean"] as const;
export type Statistic = (typeof statistics)[number];

export interface Setting {
  readonly statistic: Statistic;
  /** Requests of each cell on each side. */
  readonly n: number;
  readonly autocorrelation: number;
  readonly cells: number;
}

const perMille = { p50: 500, p95: 950, p99: 990 } as const;

function estimate(values: Float64Array, statistic: Statistic) {
  if (statistic === "mean") return seriesMean(values);
  const samples = sorted(values);
  const at = quantile(samples, perMille[statistic])!;
  return estimatePercentile(samples, perMille[statistic], percentileInflation(values, at));
}

/** One comparison of a run with another one, whose latencies are `1 + effect` times as long. */
function compare(random: Random, { statistic, n, autocorrelation, cells }: Setting, effect: number): Pilot {
  const sides = Array.from({ length: cells }, () => ({
    from: estimate(latencies(random, n, autocorrelation), statistic),
    to: estimate(latencies(random, n, autocorrelation, 1 + effect), statistic),
  }));
  const shifts = sides.map(({ from, to }) => shiftBetween(from, to, "ratio")!);
  return { shift: meanShift(shifts)!, sides };
}

const different = ({ shift }: Pilot) => (changeOf(shift, "ratio").p_value ?? 1) < 0.05;

/** Comparisons of a run with its like, out of `times`, that call them different. */
export function falseAlarms(seed: number, setting: Setting, times: number): number {
  const random = seededRandom(seed, ["same", ...Object.values(setting)]);
  let found = 0;
  for (let i = 0; i < times; i++) if (different(compare(random, setting, 0))) found++;
  return found;
}

/** Comparisons of closed loops, out of `times`, that call the throughput different, and those that call anything else so. */
export function wholeRunFalseAlarms(
  seed: number,
  level: { readonly concurrency: number; readonly n: number },
  times: number,
): { readonly throughput: number; readonly any: number } {
  let throughput = 0;
  let any = 0;
  for (let i = 0; i < times; i++) {
    const [baseline, candidate] = [2 * i, 2 * i + 1].map((run) => figuresOf(seed * 1e6 + run, level));
    const cells = [{ payload_file: "p", baseline: baseline!, candidate: candidate! }];
    const figures = compareCells(cells, "response_p95_ms", 0);
    const rate = figures.find(({ name }) => name === "transactions_per_minute")!;
    if ((rate.change.p_value ?? 1) < 0.05) throughput++;
    if (figures.some(({ primary, verdict }) => !primary && (verdict === "better" || verdict === "worse"))) {
      any++;
    }
  }
  return { throughput, any };
}

/** Response times and the throughput of a closed loop with independent latencies; what is not simulated is not known. */
function figuresOf(seed: number, { concurrency, n }: { readonly concurrency: number; readonly n: number }) {
  const attempts = closedLoop({ concurrency, warmup: concurrency, requests: n, mean_ms: 1000, seed });
  const times = attempts.filter(({ phase }) => phase === "measure").map(({ e2e_ms }) => e2e_ms);
  const { p50, p95, p99 } = percentiles(times);
  const unknown = Object.fromEntries(comparedFigures.map(({ name }) => [name, null]));
  return {
    ...unknown as Record<ComparedName, Estimate | null>,
    response_p50_ms: p50,
    response_p95_ms: p95,
    response_p99_ms: p99,
    response_mean_ms: seriesMean(times),
    transactions_per_minute: rateEstimate(measuredWindows(attempts, concurrency), attempts),
  };
}

export interface Power {
  /** Fraction of the comparisons at the advertised size that call the slower run worse. */
  readonly found: number;
  /** Median of the advertised sizes. */
  readonly n: number;
}

/** A pilot of two like runs advertises a size; at that size a run is compared with one that is slower by `effect`. */
export function powerAtAdvertisedSize(seed: number, setting: Setting, effect: number, times: number): Power {
  const random = seededRandom(seed, ["power", ...Object.values(setting)]);
  const sizes: number[] = [];
  let found = 0;
  for (let i = 0; i < times; i++) {
    const n = sampleSizeFor(compare(random, setting, 0), effect)!;
    sizes.push(n);
    const pilot = compare(random, { ...setting, n }, effect);
    if (different(pilot) && pilot.shift.value > 0) found++;
  }
  return { found: found / times, n: quantile(sorted(sizes), 500)! };
}
