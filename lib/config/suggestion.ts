/** The names that were probably meant. */

import { distance } from "fastest-levenshtein";

/** How many names are given when they are equally near. */
const most = 3;

/**
 * The known names nearest to a misspelt one: none, one, or up to three that are equally near. A name is near at most one
 * edit for names of up to five characters, one more for every further three, never more than three. Two neighbours in the
 * wrong order are one edit; case is none. Of names that are equally near, those that are not among `taken` are meant.
 */
export function nearestNames(
  name: string,
  known: readonly string[],
  taken: readonly string[] = [],
): string[] {
  const ranked = [...new Set(known)].map((candidate) => ({ candidate, edits: editsBetween(name, candidate) }))
    .filter(({ candidate, edits }) => edits <= Math.min(3, Math.max(1, Math.floor(candidate.length / 3))));
  const least = Math.min(...ranked.map(({ edits }) => edits));
  const near = ranked.filter(({ edits }) => edits === least).map(({ candidate }) => candidate);
  const free = near.filter((candidate) => !taken.includes(candidate));
  return (free.length > 0 ? free : near).slice(0, most);
}

/** The first of the nearest names; null when none is near. */
export function nearest(
  name: string,
  known: readonly string[],
  taken: readonly string[] = [],
): string | null {
  return nearestNames(name, known, taken)[0] ?? null;
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

/** The tail of a fault about an unknown name: the nearest ones, or all there are. */
export function didYouMean(name: string, known: readonly string[], taken: readonly string[] = []): string {
  const names = nearestNames(name, known, taken).map((candidate) => `"${candidate}"`);
  if (names.length > 0) {
    const last = names.pop()!;
    return `did you mean ${names.length === 0 ? last : `${names.join(", ")} or ${last}`}?`;
  }
  return known.length === 0 ? "there is none" : `expected one of ${known.join(", ")}`;
}
