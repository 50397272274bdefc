/** The mean over pairs, with an interval that holds when pairs of one prompt, or neighbours in time, resemble each other. */

import type { Interval, PairedDifference } from "../core/mod.ts";
import { fewestPrompts } from "./clustered_share.ts";
import { varianceInflation } from "./autocorrelation.ts";
import { t975 } from "./normal.ts";
import type { PairedSums } from "./paired_sums.ts";

/** How far the mean over pairs may be from what it is a sample of. */
export interface PairedVariance {
  readonly clustered_by: PairedDifference["clustered_by"];
  /** The part that falls only with more prompts: how differently the two variants take them. May come out below 0. */
  readonly between: number;
  /** The part that falls with the number of pairs. */
  readonly within: number;
  /** Degrees of freedom of the two together; 0: nothing is known of them. */
  readonly degrees: number;
}

/**
 * The variance of the mean over pairs.
 *
 * From 8 prompts on: V_prompt + V_time - s^2 / n (two-way clustering). V_prompt is the jackknife over prompts, (G - 1)/G sum (m_(-g) - m)^2,
 * m_(-g) being the mean without prompt g; s^2 the variance within prompts. Never less than the smaller of V_prompt and V_time. Degrees by
 * Satterthwaite, at most those of V_prompt, n^2 / sum n_g^2 - 1.
 *
 * V_time = c r s^2 / n: r is the sum of squares of what K slices of the study add up to, less the prompts' means, over what is
 * expected of independent pairs, s^2 (n - sum n_kg^2 / n_g); c how much more neighbouring slices hang together (`varianceInflation`). Degrees:
 * K (n - sum n_kg^2 / n_g) / (n c). Slices hold the same number of pairs each; there are 64 to 128 of them, of fewer pairs one for each.
 *
 * With fewer prompts it is V_time alone, which speaks of these prompts only.
 *
 * Source: A. C. Cameron, J. B. Gelbach, D. L. Miller, Journal of Business and Economic Statistics 29 (2011), 238-249 (two ways); J. G.
 * MacKinnon, M. Ø. Nielsen, M. D. Webb, Journal of Econometrics 232 (2023), 272-299 (jackknife); A. V. Carter, K. T. Schnepel, D. G.
 * Steigerwald, Review of Economics and Statistics 99 (2017), 698-709 (clusters of unequal size count as n^2 / sum n_g^2 of them).
 */
export function pairedVariance(sums: PairedSums): PairedVariance {
  const { n, prompts } = sums;
  const inTime = sliceVariance(sums);
  if (prompts.size < fewestPrompts) {
    const { alone, inflation, degrees } = inTime;
    return { clustered_by: "prompt and time", between: 0, within: alone * inflation, degrees };
  }
  const mean = sums.sum / n;
  let squares = 0;
  let sizes = 0;
  for (const prompt of prompts.values()) {
    squares += ((sums.sum - prompt.sum) / (n - prompt.n) - mean) ** 2;
    sizes += prompt.n ** 2;
  }
  const byPrompt = squares * (prompts.size - 1) / prompts.size;
  const within = inTime.alone * inTime.inflation;
  const between = Math.max(byPrompt - inTime.alone, Math.min(byPrompt - within, 0));
  const total = between + within;
  const freedom = n * n / sizes - 1;
  const added = inTime.degrees === 0 ? 0 : (within - inTime.alone) ** 2 / inTime.degrees;
  const degrees = total > 0 ? Math.min(freedom, total ** 2 / (byPrompt ** 2 / freedom + added)) : freedom;
  return { clustered_by: "prompt", between, within, degrees };
}

/** s^2 / n within prompts, how much more pairs in time scatter (c r), and the degrees of freedom of that; 0: the slices can't tell. */
function sliceVariance(sums: PairedSums): { alone: number; inflation: number; degrees: number } {
  const { n, prompts, slices } = sums;
  let residual = 0;
  for (const prompt of prompts.values()) {
    residual += Math.max(0, prompt.squares - prompt.sum ** 2 / prompt.n);
  }
  const freedom = n - prompts.size;
  if (freedom <= 0) return { alone: 0, inflation: 1, degrees: 0 };
  let scatter = 0;
  let expected = n;
  const series = slices.map((slice) => {
    let off = 0;
    for (const [name, cell] of slice) {
      const prompt = prompts.get(name)!;
      off += cell.sum - cell.n * prompt.sum / prompt.n;
      expected -= cell.n ** 2 / prompt.n;
    }
    scatter += off ** 2;
    return off;
  });
  const variance = residual / freedom;
  if (variance === 0) return { alone: 0, inflation: 1, degrees: freedom };
  if (expected <= 0) return { alone: variance / n, inflation: 1, degrees: 0 };
  const neighbours = varianceInflation(series.length, (i) => series[i]!);
  return {
    alone: variance / n,
    inflation: neighbours * scatter / (variance * expected),
    degrees: series.length * expected / n / neighbours,
  };
}

/** The mean of the pairs with its 95 % interval by Student's t; null without pairs, open where no variance is known. */
export function pairedMean(
  sums: PairedSums,
  variance: PairedVariance = pairedVariance(sums),
): Interval | null {
  if (sums.n === 0) return null;
  const value = sums.sum / sums.n;
  if (variance.degrees < 1) return { value, low: null, high: null };
  const half = halfWidth(variance);
  return { value, low: value - half, high: value + half };
}

/** Half of the 95 % interval. */
export function halfWidth({ between, within, degrees }: PairedVariance): number {
  return t975(degrees) * Math.sqrt(Math.max(0, between + within));
}
