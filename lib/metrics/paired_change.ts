/** How a figure of paired calls changed, relative to the baseline. */

import type { Change } from "../core/mod.ts";
import { pairedMean, pairedVariance } from "./paired_mean.ts";
import type { PairedSums } from "./paired_sums.ts";
import { fewestPairs } from "./pairs_needed.ts";
import { studentCdf } from "./student.ts";

/**
 * The geometric mean of the pairs' ratios, less 1, with its interval and its p-value by Student's t (`pairedVariance`). Ends and
 * p-value are null under 10 pairs, and where no variance is known.
 *
 * @param sums of the logarithms of candidate / baseline
 */
export function pairedChange(sums: PairedSums): Change {
  const variance = pairedVariance(sums);
  const mean = pairedMean(sums, variance);
  if (mean === null) return { scale: "ratio", value: null, low: null, high: null, p_value: null };
  const { value, low, high } = mean;
  if (sums.n < fewestPairs || low === null || high === null) {
    return { scale: "ratio", value: Math.expm1(value), low: null, high: null, p_value: null };
  }
  const error = Math.sqrt(Math.max(0, variance.between + variance.within));
  return {
    scale: "ratio",
    value: Math.expm1(value),
    low: Math.expm1(low),
    high: Math.expm1(high),
    p_value: value === 0 ? 1 : 2 * studentCdf(-Math.abs(value) / error, variance.degrees),
  };
}
