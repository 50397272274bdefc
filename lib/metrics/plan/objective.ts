/** Whether simulated response times keep a limit. */

import type { LatencyStatistic } from "../../core/mod.ts";
import { mean, quantile, sorted } from "../percentile.ts";

/** L: a statistic of the response time, and the most that it may be. */
export interface LatencyLimit {
  readonly statistic: LatencyStatistic;
  readonly limit_ms: number;
}

/** In thousandths; a mean has none. */
export const statisticRank: Readonly<Record<LatencyStatistic, number | null>> = {
  p50: 500,
  p95: 950,
  p99: 990,
  mean: null,
};

/** The statistic of some response times. null without any. */
export function statisticOf(times_ms: Float64Array, statistic: LatencyStatistic): number | null {
  const rank = statisticRank[statistic];
  return rank === null ? mean(times_ms) : quantile(sorted(times_ms), rank);
}

/** Whether the statistic of some response times is within the limit; counts instead of sorting, as it is asked very often. */
export function keepsLimit(times_ms: Float64Array, { statistic, limit_ms }: LatencyLimit): boolean {
  const rank = statisticRank[statistic];
  if (rank === null) return (mean(times_ms) ?? Infinity) <= limit_ms;
  let beyond = 0;
  for (const time of times_ms) if (time > limit_ms) beyond++;
  return beyond * 1000 <= (1000 - rank) * times_ms.length;
}
