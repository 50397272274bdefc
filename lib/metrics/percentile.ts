/** Percentiles with what it takes to judge them: sample count, interval, a mark when there are too few samples. */

import type { Estimate, Percentiles } from "../core/mod.ts";
import { shareInflation } from "./autocorrelation.ts";
import { inflatedRankInterval } from "./rank_interval.ts";

declare const ascending: unique symbol;

/** Numbers in ascending order, so that forgetting to sort is a type error. Made by `sorted`. */
export type SortedNumbers = Float64Array & { readonly [ascending]: true };

/** Numbers by their rank from 0, however they are held. */
export interface Ranked {
  readonly length: number;
  at(rank: number): number | undefined;
}

/** A sorted copy. Throws RangeError when a value is not a finite number: a missing value is left out, never NaN. */
export function sorted(values: ArrayLike<number>): SortedNumbers {
  const copy = new Float64Array(values).sort();
  // NaN and Infinity sort to the end, -Infinity to the start.
  if (copy.length > 0 && !(Number.isFinite(copy[0]) && Number.isFinite(copy.at(-1)))) {
    throw new RangeError("Cannot sort the samples: expected finite numbers only");
  }
  return copy as SortedNumbers;
}

/**
 * The quantile of sorted samples by linear interpolation between the two nearest (type 7 of Hyndman and Fan 1996; what
 * NumPy, R and Polars' `linear` compute). null without samples.
 *
 * @param perMille the percentile in thousandths: 950 is p95
 */
export function quantile(samples: SortedNumbers | Ranked, perMille: number): number | null {
  if (samples.length === 0) return null;
  const scaled = (samples.length - 1) * perMille;
  const index = Math.floor(scaled / 1000);
  const low = samples.at(index)!;
  const high = samples.at(Math.min(index + 1, samples.length - 1))!;
  return low + (high - low) * ((scaled % 1000) / 1000);
}

/**
 * A percentile with its 95 % interval by order statistics.
 *
 * Hidden (value and both ends null) when n < 1/(1-p): there is no sample beyond it to speak of. Flagged when
 * n < 5/(1-p). Both are compared in integers, so that n = 100 is exactly enough for p99. An end of the interval is
 * null when it is open.
 *
 * @param perMille the percentile in thousandths, 1 to 999: 950 is p95, 999 is p99.9
 * @param inflation `percentileInflation` of the samples in their order. Default 1: they are independent
 */
export function estimatePercentile(
  samples: SortedNumbers | Ranked,
  perMille: number,
  inflation = 1,
): Estimate {
  const n = samples.length;
  const beyond = n * (1000 - perMille);
  const flagged = beyond < 5000;
  if (beyond < 1000) return { value: null, low: null, high: null, n, flagged };
  const { low, high } = inflatedRankInterval(n, perMille, inflation);
  const at = (rank: number | null) => rank === null ? null : samples.at(rank - 1)!;
  return { value: quantile(samples, perMille), low: at(low), high: at(high), n, flagged };
}

/**
 * How much less these values tell about a percentile than as many independent ones: the variance inflation of being at most it.
 *
 * @param values in the order in which they happened
 * @param percentile the percentile's value
 */
export function percentileInflation(values: Float64Array, percentile: number): number {
  return shareInflation(values, percentile);
}

/**
 * p50, p90, p95 and p99, all hidden without values. The intervals hold for values of which neighbours resemble each other.
 *
 * @param values in the order in which the requests were sent: in another order the intervals come out too narrow or too wide
 */
export function percentiles(values: ArrayLike<number>): Percentiles {
  const series = values instanceof Float64Array ? values : new Float64Array(values);
  return rankedPercentiles(sorted(series), (percentile) => percentileInflation(series, percentile));
}

/**
 * The same of values that are held elsewhere.
 *
 * @param inflationOf `percentileInflation` of them, given the percentile's value
 */
export function rankedPercentiles(samples: Ranked, inflationOf: (percentile: number) => number): Percentiles {
  const at = (perMille: number) => {
    const value = quantile(samples, perMille);
    return estimatePercentile(samples, perMille, value === null ? 1 : inflationOf(value));
  };
  return { p50: at(500), p90: at(900), p95: at(950), p99: at(990) };
}

/** The arithmetic mean; null without values. */
export function mean(values: ArrayLike<number>): number | null {
  if (values.length === 0) return null;
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}
