/** Shares of calls that were made with the same prompts again and again. */

import type { Estimate } from "../core/mod.ts";
import { shareInflation, varianceInflation } from "./autocorrelation.ts";
import { t975, z975 } from "./normal.ts";
import { wilson } from "./proportion.ts";

/**
 * With fewer prompts, what is said holds for these prompts only: how prompts differ in general can't be told from so few. Measured: with 5 the
 * interval of a paired change for all prompts is right, but twice as wide, holds the truth in 82 to 88 % where a study stops as soon as it
 * is narrow enough, and that of a median is open in most studies.
 */
export const fewestPrompts = 8;

/**
 * The share of calls with an outcome, with a 95 % interval that holds when those with one prompt resemble each other, and when neighbours in time do:
 * Wilson's for n / `clusteredInflation` independent ones; flagged under 20 of those. Under 8 prompts it speaks of these prompts only.
 *
 * @param outcomes in the order in which the calls were made
 * @param clusters which prompt each was made with: any integers
 */
export function clusteredShare(outcomes: ArrayLike<boolean>, clusters: ArrayLike<number>): Estimate {
  const n = outcomes.length;
  const misses = Float64Array.from(outcomes, (outcome) => outcome ? 0 : 1);
  const hits = n - misses.reduce((sum, miss) => sum + miss, 0);
  const inflation = clusteredInflation(misses, clusters, 0);
  return { ...wilson(hits / inflation, n / inflation), n };
}

/**
 * The variance of the share of values at most `limit` over that of as many independent ones: V_prompt + (c - 1) W, times the square of t/z for
 * its degrees of freedom (Korn and Graubard 1998). V_prompt is that between prompts, W what lies within them, c how much neighbours in time
 * within prompts hang together (`varianceInflation`); n^2 / sum n_g^2 - 1 degrees. Under 8 prompts c W alone. At least that
 * of the series whose prompts are not known (`shareInflation`), and so 1. Where all values are on one side, each prompt counts as one value.
 */
export function clusteredInflation(
  values: Float64Array,
  clusters: ArrayLike<number>,
  limit: number,
): number {
  const n = values.length;
  const sizes = new Map<number, { n: number; below: number }>();
  let below = 0;
  for (let i = 0; i < n; i++) {
    let size = sizes.get(clusters[i]!);
    if (size === undefined) sizes.set(clusters[i]!, size = { n: 0, below: 0 });
    size.n++;
    if (values[i]! > limit) continue;
    size.below++;
    below++;
  }
  if (n === 0) return 1;
  const share = below / n;
  const alone = share * (1 - share);
  if (alone === 0) return sizes.size < fewestPrompts ? 1 : n / sizes.size;

  const shares = new Map([...sizes].map(([cluster, size]) => [cluster, size.below / size.n]));
  const withinAt = (i: number) => (values[i]! > limit ? 0 : 1) - shares.get(clusters[i]!)!;
  let within = 0;
  for (const { n: size, below } of sizes.values()) within += below * (1 - below / size);
  const inTime = varianceInflation(n, withinAt);
  const least = shareInflation(values, limit);
  if (sizes.size < fewestPrompts) return Math.max(least, inTime * within / (n * alone));

  let squares = 0;
  let sizeSquares = 0;
  for (const size of sizes.values()) {
    squares += (size.below - share * size.n) ** 2;
    sizeSquares += size.n ** 2;
  }
  const between = squares * sizes.size / (sizes.size - 1) / (n * alone);
  const total = Math.max(least, between + (inTime - 1) * within / (n * alone));
  const degrees = n * n / sizeSquares - 1;
  return total * (t975(degrees) / z975) ** 2;
}
