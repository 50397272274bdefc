/** Percentiles of calls that were made with the same prompts again and again. */

import type { Estimate } from "../core/mod.ts";
import { clusteredInflation } from "./clustered_share.ts";
import { quantile, sorted } from "./percentile.ts";
import { inflatedRankInterval } from "./rank_interval.ts";

/**
 * A pooled percentile whose 95 % interval holds when answers to one prompt resemble each other, and when neighbours in time do.
 *
 * Hidden when n < 1/(1-p), of percentiles below the median when n < 1/p; flagged under five times as many. The interval is by order
 * statistics for n / `clusteredInflation` independent samples; an end is open where those are too few (`inflatedRankInterval`).
 * Under 8 prompts it speaks of these prompts, not of others like them.
 * Source: R. S. Woodruff, Journal of the American Statistical Association 47 (1952), 635-646; E. L. Korn, B. I. Graubard, Survey
 * Methodology 24 (1998), 193-201.
 *
 * @param values in the order in which the calls were made
 * @param clusters which prompt each was made with: any integers
 * @param perMille the percentile in thousandths, 1 to 999: 100 is p10
 */
export function clusteredPercentile(
  values: ArrayLike<number>,
  clusters: ArrayLike<number>,
  perMille: number,
): Estimate {
  const n = values.length;
  const samples = sorted(values);
  const beyond = n * Math.min(perMille, 1000 - perMille);
  const flagged = beyond < 5000;
  const value = beyond < 1000 ? null : quantile(samples, perMille);
  if (value === null) return { value: null, low: null, high: null, n, flagged };
  const inflation = clusteredInflation(Float64Array.from(values), clusters, value);
  const { low, high } = inflatedRankInterval(n, perMille, inflation);
  const at = (rank: number | null) => rank === null ? null : samples[rank - 1]!;
  return { value, low: at(low), high: at(high), n, flagged };
}
