/** `token_set_ratio`: likeness of the sets of words, whatever their order, number and what stands around them. */

import { normaliseAnswer } from "../normalisation.ts";
import { commonSubsequenceLength } from "./common_subsequence.ts";
import { graded } from "./comparison.ts";
import { wordsOf } from "./words.ts";

/**
 * The words of both normalised texts become sets; S are those of both, A and B those of one side alone, each sorted (by code
 * unit) and joined by spaces. The value is the greatest of the ratios of S + A to S + B, S to S + A and S to S + B, where
 * the ratio of two texts is 2 x LCS / (both lengths together), over characters. 1 when one set holds the other; 0 when a
 * side has no word.
 *
 * It is the `token_set_ratio` of rapidfuzz / 100. Right from 0.8 on unless set otherwise.
 */
export const tokenSetRatio = graded((answer, truth) => ratio(words(answer), words(truth)), 0.8);

const words = (text: string) => new Set(wordsOf(normaliseAnswer(text)));
const joined = (set: Set<string>) => [...set].sort().join(" ");

function ratio(said: Set<string>, wanted: Set<string>): number {
  if (said.size === 0 || wanted.size === 0) return 0;
  const shared = joined(said.intersection(wanted)).length;
  const onlySaid = joined(said.difference(wanted));
  const onlyWanted = joined(wanted.difference(said));
  if (shared > 0 && (onlySaid === "" || onlyWanted === "")) return 1;
  // The space behind the shared words is shared too, except when they are compared alone.
  const common = shared === 0 ? 0 : shared + 1;
  const [withSaid, withWanted] = [common + onlySaid.length, common + onlyWanted.length];
  const both = 2 * (common + commonSubsequenceLength(onlySaid, onlyWanted)) / (withSaid + withWanted);
  return Math.max(both, 2 * shared / (shared + withSaid), 2 * shared / (shared + withWanted));
}
