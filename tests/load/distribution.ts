/** Tests of hypotheses about arrivals, for fixed seeds. */

/**
 * Greatest distance between the samples' distribution and the one supposed: the Kolmogorov-Smirnov statistic.
 *
 * @param from smaller values are counted, but where among themselves they lie is not looked at
 */
export function ksDistance(samples: readonly number[], cdf: (x: number) => number, from = 0): number {
  const n = samples.length;
  const below = samples.filter((x) => x < from).length;
  return samples.toSorted((a, b) => a - b).slice(below).reduce((most, x, i) => {
    const p = cdf(x);
    return Math.max(most, (below + i + 1) / n - p, p - (below + i) / n);
  }, below / n - cdf(from));
}

/** What it exceeds with probability 0.001 when the supposition is right: sqrt(-ln(0.0005) / 2) / sqrt(n), for large n. */
export function ksLimit(n: number): number {
  return Math.sqrt(-Math.log(0.0005) / 2 / n);
}

/** Variance / mean of the number of arrivals in windows. */
export function dispersion(due_ms: readonly number[], window_ms: number): { index: number; windows: number } {
  const windows = Math.floor(due_ms.at(-1)! / window_ms);
  const counts = new Array<number>(windows).fill(0);
  for (const due of due_ms) {
    const window = Math.floor(due / window_ms);
    if (window < windows) counts[window]!++;
  }
  const mean = counts.reduce((sum, count) => sum + count, 0) / windows;
  const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (windows - 1);
  return { index: variance / mean, windows };
}

/**
 * Bounds of the index for a Poisson process, 0.0005 left out at each end: quantiles of chi-square(n - 1) / (n - 1) by Wilson
 * and Hilferty.
 */
export function dispersionBounds(windows: number): [number, number] {
  const freedom = windows - 1;
  const at = (z: number) => (1 - 2 / (9 * freedom) + z * Math.sqrt(2 / (9 * freedom))) ** 3;
  return [at(-3.2905), at(3.2905)];
}

/** The regularised lower incomplete gamma function by its power series: the CDF of gamma(shape) with scale 1. */
export function gammaCdf(shape: number, x: number): number {
  if (x <= 0) return 0;
  let term = 1 / shape;
  let sum = term;
  for (let n = 1; term > sum * 1e-15; n++) sum += term *= x / (shape + n);
  return Math.min(1, sum * Math.exp(shape * Math.log(x) - x - logGamma(shape)));
}

/** Stirling's series after a shift. */
function logGamma(x: number): number {
  let shift = 0;
  for (; x < 10; x++) shift -= Math.log(x);
  return shift + (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + 1 / (12 * x) - 1 / (360 * x ** 3);
}

export const gapsOf = (due_ms: readonly number[]) => due_ms.slice(1).map((due, i) => due - due_ms[i]!);

/** Standard deviation / mean. */
export function variation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) / mean;
}
