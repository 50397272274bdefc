/** The name that was probably meant. */

import { distance } from "fastest-levenshtein";

/**
 * The known name nearest to a misspelt one, or null when none is near: at most one edit for names of up to five
 * characters, one more for every further three, never more than three. Two neighbours in the wrong order are one edit;
 * case is none. Of two that are equally near, the one that is not among `taken` is meant.
 */
export function nearest(
  name: string,
  known: readonly string[],
  taken: readonly string[] = [],
): string | null {
  const ranked = known.map((candidate) => ({ candidate, edits: editsBetween(name, candidate) }))
    .filter(({ candidate, edits }) => edits <= Math.min(3, Math.max(1, Math.floor(candidate.length / 3))))
    .sort((a, b) =>
      a.edits - b.edits || Number(taken.includes(a.candidate)) - Number(taken.includes(b.candidate))
    );
  return ranked[0]?.candidate ?? null;
}

function editsBetween(name: string, candidate: string): number {
  if (name.toLowerCase() === candidate.toLowerCase()) return 0;
  return isSwap(name, candidate) ? 1 : distance(name, candidate);
}

/** Whether two names differ in the order of two neighbouring characters only. */
function isSwap(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  const at = [...a].findIndex((_, index) => a[index] !== b[index]);
  return a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2);
}

/** The tail of a fault about an unknown name: the nearest one, or all there are. */
export function didYouMean(name: string, known: readonly string[], taken: readonly string[] = []): string {
  const candidate = nearest(name, known, taken);
  if (candidate !== null) return `did you mean "${candidate}"?`;
  return known.length === 0 ? "there is none" : `expected one of ${known.join(", ")}`;
}
