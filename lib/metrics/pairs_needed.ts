/** How many pairs it takes to know a change well enough. */

import { t975 } from "./normal.ts";
import { halfWidth, type PairedVariance } from "./paired_mean.ts";

/** Under so many pairs no interval is given and no study has enough. */
export const fewestPairs = 10;

/** A study that looks at its interval as it goes on doesn't end before: of few pairs, some have a small spread by chance. */
export const fewestPairsToStop = 100;

/** With fewer degrees of freedom the noise can't be told from how prompts differ. */
const trustedFreedom = 5;

/**
 * The spread is a sample itself, now and at the end, and the fewer degrees of freedom it has the rougher it is. Measured: this keeps the promise in 80 %
 * of the studies and more, also after a pilot of 100 pairs where it takes a thousand.
 */
const allowance = (degrees: number) => 1.2 + 3 / Math.sqrt(degrees);

/**
 * Further pairs, with the same prompts, until the ratio is known within `precision`: until half of its 95 % interval on logarithms is at
 * most ln(1 + precision).
 *
 * 0: it is, by 100 pairs or more. Else a n w / ((ln(1 + precision) / t)^2 - b) - n, w and b being the parts of the variance that fall with
 * pairs and only with prompts, and a = 1.2 + 3 / sqrt(degrees of freedom). null: not known yet (under 10 pairs, one of each prompt), or b alone is
 * too large: these prompts can't give it, however often they are sent.
 *
 * @param n pairs so far
 * @param precision relative: 0.05 is 5 %
 */
export function pairsNeeded(n: number, variance: PairedVariance, precision: number): number | null {
  const { degrees } = variance;
  if (n < fewestPairs || degrees < 1) return null;
  const wanted = Math.log1p(precision);
  if (halfWidth(variance) <= wanted) return Math.max(0, fewestPairsToStop - n);
  if (degrees < trustedFreedom || variance.within === 0) return null;
  const between = Math.max(0, variance.between);
  const left = (wanted / t975(degrees)) ** 2 - between;
  if (left <= 0) return null;
  const needed = Math.ceil(allowance(degrees) * n * variance.within / left);
  return Math.max(1, Math.max(fewestPairsToStop, needed) - n);
}
