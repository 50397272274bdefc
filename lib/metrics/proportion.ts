/** Fractions of trials: error rate, accuracy, share of good requests. */

import type { Estimate } from "../core/mod.ts";
import { varianceInflation } from "./autocorrelation.ts";
import { z975 as z } from "./normal.ts";

/** Below this many trials a fraction is flagged: with 19 and no success the interval already reaches 0.17. */
const trustedTrials = 20;

/**
 * A fraction with its 95 % interval by Wilson's score method, which stays within 0 and 1 and is right for 0 successes.
 * All null without trials; flagged under 20 trials.
 * Source: E. B. Wilson, Journal of the American Statistical Association 22 (1927), 209-212.
 */
export function wilson(successes: number, n: number): Estimate {
  return scoreInterval(successes / n, n, n);
}

/**
 * The same over trials in the order in which they happened, where what became of one may tell of the next, as in a burst of failures:
 * Wilson's interval for n / `varianceInflation` trials. Flagged under 20 of those.
 */
export function seriesProportion(outcomes: ArrayLike<boolean | number>): Estimate {
  const n = outcomes.length;
  let successes = 0;
  for (let i = 0; i < n; i++) successes += outcomes[i] ? 1 : 0;
  const inflation = varianceInflation(n, (i) => outcomes[i] ? 1 : 0);
  return scoreInterval(successes / n, n / inflation, n);
}

/** Trials that may hang together, as answers to one prompt do: those of one group. */
export interface TrialGroup {
  readonly successes: number;
  readonly n: number;
}

/**
 * The same over trials in groups within which outcomes are alike: a prompt that is asked at three loads is not three prompts. The
 * interval is Wilson's for as many independent trials as tell as much: n / d, where d is the variance of the fraction between groups
 * over that of independent trials, between 1 and the mean size of a group; without any variance, as many trials as groups. `n`
 * is the count of all trials; flagged under 20 independent ones.
 * Source: J. N. K. Rao, A. J. Scott, Biometrics 48 (1992), 577-585.
 */
export function groupedWilson(groups: readonly TrialGroup[]): Estimate {
  const known = groups.filter(({ n }) => n > 0);
  const n = known.reduce((sum, group) => sum + group.n, 0);
  const successes = known.reduce((sum, group) => sum + group.successes, 0);
  if (known.length === n) return wilson(successes, n);
  const fraction = successes / n;
  const alone = fraction * (1 - fraction) / n;
  const between = known.reduce((sum, group) => sum + (group.successes - fraction * group.n) ** 2, 0) /
    n ** 2 *
    known.length / (known.length - 1);
  const most = n / known.length;
  const effect = known.length === 1 || alone === 0 ? most : Math.min(most, Math.max(1, between / alone));
  return scoreInterval(fraction, n / effect, n);
}

/** @param trials independent ones, not always whole */
function scoreInterval(fraction: number, trials: number, n: number): Estimate {
  if (n === 0) return { value: null, low: null, high: null, n, flagged: true };
  const spread = z * Math.sqrt((fraction * (1 - fraction)) / trials + (z * z) / (4 * trials * trials));
  const centre = fraction + (z * z) / (2 * trials);
  const scale = 1 + (z * z) / trials;
  return {
    value: fraction,
    low: fraction === 0 ? 0 : (centre - spread) / scale,
    high: fraction === 1 ? 1 : (centre + spread) / scale,
    n,
    flagged: trials < trustedTrials,
  };
}
