/** The longest common subsequence: what two sequences share in the same order. */

/** Its length, by the usual table of which only one row is kept; time grows with the product of both lengths. */
export function commonSubsequenceLength(a: ArrayLike<string>, b: ArrayLike<string>): number {
  const row = new Uint32Array(b.length + 1);
  for (let i = 0; i < a.length; i++) {
    let diagonal = 0;
    for (let j = 1; j <= b.length; j++) {
      const above = row[j] ?? 0;
      row[j] = a[i] === b[j - 1] ? diagonal + 1 : Math.max(above, row[j - 1] ?? 0);
      diagonal = above;
    }
  }
  return row[b.length] ?? 0;
}
