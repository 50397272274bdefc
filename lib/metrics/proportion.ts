/** Fractions of trials: error rate, accuracy, share of good requests. */

import type { Estimate } from "../core/mod.ts";

/** 97.5 % quantile of the standard normal distribution. */
const z = 1.959963984540054;

/** Below this many trials a fraction is flagged: with 19 and no success the interval already reaches 0.17. */
const trustedTrials = 20;

/**
 * A fraction with its 95 % interval by Wilson's score method, which stays within 0 and 1 and is right for 0 successes.
 * All null without trials; flagged under 20 trials.
 * Source: E. B. Wilson, Journal of the American Statistical Association 22 (1927), 209-212.
 */
export function wilson(successes: number, n: number): Estimate {
  if (n === 0) return { value: null, low: null, high: null, n, flagged: true };
  const fraction = successes / n;
  const spread = z * Math.sqrt((fraction * (1 - fraction)) / n + (z * z) / (4 * n * n));
  const centre = fraction + (z * z) / (2 * n);
  const scale = 1 + (z * z) / n;
  return {
    value: fraction,
    low: successes === 0 ? 0 : (centre - spread) / scale,
    high: successes === n ? 1 : (centre + spread) / scale,
    n,
    flagged: n < trustedTrials,
  };
}
