/** Two variants on the same prompts at the same time: which is better, by how much, how sure. */

import type { Change, ComparisonVerdict, PairedDifference, StudyFigure } from "../core/mod.ts";
import { clusteredPercentile } from "./clustered_percentile.ts";
import { clusteredShare } from "./clustered_share.ts";
import { pairedChange } from "./paired_change.ts";
import { pairedVariance } from "./paired_mean.ts";
import { hasRatio, type Pair } from "./paired_progress.ts";
import { PairedSums } from "./paired_sums.ts";
import { pairsNeeded } from "./pairs_needed.ts";

export interface PairedOptions {
  readonly figure: StudyFigure;
  /** Within which the ratio is to be known, for `pairs_needed`: 0.05 is 5 %; null: nothing was asked for. */
  readonly precision: number | null;
}

/**
 * What pairs say of the difference between two variants.
 *
 * `change` is `pairedChange` of the log ratios; verdict and probability follow from it. `difference` is the median of candidate - baseline with
 * the interval of `clusteredPercentile`, `wins` the share of pairs in which the candidate was strictly better (`clusteredShare`). All intervals
 * group the pairs by prompt; under 8 prompts they speak of these prompts only, and go by how pairs scatter in time (`clustered_by`).
 * A pair with a value that is not above 0 is left out and not counted.
 *
 * @param pairs in any order
 */
export function pairedDifference(
  pairs: readonly Pair[],
  { figure, precision }: PairedOptions,
): Omit<PairedDifference, "baseline" | "candidate"> {
  const known = pairs.filter(hasRatio).sort((a, b) => a.at_ms - b.at_ms);
  const sums = new PairedSums();
  for (const { prompt, baseline, candidate } of known) sums.add(prompt, Math.log(candidate / baseline));
  const variance = pairedVariance(sums);
  const change = pairedChange(sums);
  const higherIsBetter = figure === "output_tokens_per_s";
  const clusters = promptsOf(known);
  const differences = Float64Array.from(known, ({ baseline, candidate }) => candidate - baseline);
  return {
    figure,
    pairs: known.length,
    prompts: sums.prompts.size,
    clustered_by: variance.clustered_by,
    change,
    difference: clusteredPercentile(differences, clusters, 500),
    wins: clusteredShare(
      Array.from(differences, (difference) => higherIsBetter ? difference > 0 : difference < 0),
      clusters,
    ),
    probability: probabilityOf(change, higherIsBetter),
    verdict: verdictOf(change, higherIsBetter),
    pairs_needed: precision === null ? null : pairsNeeded(sums.n, variance, precision),
  };
}

/** The number of the prompt that each pair was made with. */
function promptsOf(pairs: readonly Pair[]): Int32Array {
  const ids = new Map<string, number>();
  return Int32Array.from(pairs, ({ prompt }) => {
    const id = ids.get(prompt) ?? ids.size;
    ids.set(prompt, id);
    return id;
  });
}

function probabilityOf({ value, p_value }: Change, higherIsBetter: boolean): number | null {
  if (value === null || p_value === null) return null;
  return (value > 0) === higherIsBetter ? 1 - p_value / 2 : p_value / 2;
}

function verdictOf({ low, high }: Change, higherIsBetter: boolean): ComparisonVerdict {
  if (low === null || high === null) return "not enough data";
  if (low <= 0 && high >= 0) return "no difference shown";
  return (low > 0) === higherIsBetter ? "better" : "worse";
}
