/** Several tests at once: the more questions are asked, the more often chance alone answers one of them. */

/**
 * p-values corrected so that of all of them together, with nothing behind any, one falls below 0.05 in at most 5 % of cases: the k-th
 * smallest of m is multiplied by m - k + 1, and none is less than a smaller one before it; at most 1. null stays null and is no test.
 * Source: S. Holm, Scandinavian Journal of Statistics 6 (1979), 65-70.
 */
export function holm(p_values: readonly (number | null)[]): (number | null)[] {
  const tests = p_values.flatMap((p, at) => p === null ? [] : [{ p, at }]).sort((a, b) => a.p - b.p);
  const corrected: (number | null)[] = p_values.map(() => null);
  let least = 0;
  for (const [rank, { p, at }] of tests.entries()) {
    least = Math.max(least, Math.min(1, p * (tests.length - rank)));
    corrected[at] = least;
  }
  return corrected;
}
