/** Means with their intervals. */

import type { Estimate } from "../core/mod.ts";
import { varianceInflation } from "./autocorrelation.ts";
import { t975, z975 as z } from "./normal.ts";

/** Below this many groups the normal distribution is a rough guide. */
const trustedGroups = 30;

/**
 * The mean of values in groups within which they are alike, as answers to one prompt are; its 95 % interval is by the normal
 * distribution and the variance between groups: mean -/+ z sqrt(K / (K - 1) sum (S - mean m)^2) / n, S and m being the sum and the size
 * of each of K groups. In groups of one that is z s / sqrt(n). The ends are open for fewer than two groups; flagged under 30.
 */
export function meanInterval(groups: readonly (readonly number[])[]): Estimate {
  const known = groups.filter(({ length }) => length > 0).map((values) => ({
    sum: sum(values),
    n: values.length,
  }));
  const n = sum(known.map((group) => group.n));
  if (n === 0) return { value: null, low: null, high: null, n, flagged: true };
  const value = sum(known.map((group) => group.sum)) / n;
  const flagged = known.length < trustedGroups;
  if (known.length === 1) return { value, low: null, high: null, n, flagged };
  const squares = sum(known.map((group) => (group.sum - value * group.n) ** 2));
  const half = z * Math.sqrt(squares * known.length / (known.length - 1)) / n;
  return { value, low: value - half, high: value + half, n, flagged };
}

/**
 * The mean of a series of which neighbours may resemble each other; its 95 % interval is mean -/+ t s / sqrt(m), s being the standard
 * deviation of the values, m = n / `varianceInflation` the number of independent ones that tell as much, and t Student's for m - 1
 * degrees of freedom. The ends are open for m < 2; flagged for m < 30.
 *
 * @param values in the order in which they happened
 */
export function seriesMean(values: ArrayLike<number>): Estimate {
  const n = values.length;
  if (n === 0) return { value: null, low: null, high: null, n, flagged: true };
  let total = 0;
  for (let i = 0; i < n; i++) total += values[i]!;
  const value = total / n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (values[i]! - value) ** 2;
  const independent = n / varianceInflation(n, (i) => values[i]!);
  const flagged = independent < trustedGroups;
  if (independent < 2) return { value, low: null, high: null, n, flagged };
  const half = t975(independent - 1) * Math.sqrt(squares / (n - 1) / independent);
  return { value, low: value - half, high: value + half, n, flagged };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, one) => total + one, 0);
}
