/** Means with their intervals. */

import type { Estimate } from "../core/mod.ts";

/** 97.5 % quantile of the standard normal distribution. */
const z = 1.959963984540054;

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

function sum(values: readonly number[]): number {
  return values.reduce((total, one) => total + one, 0);
}
