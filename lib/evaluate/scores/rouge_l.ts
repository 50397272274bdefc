/** `rouge_l`: the longest run of words, with gaps, that an answer shares with a right one. */

import { commonSubsequenceLength } from "./common_subsequence.ts";
import { graded } from "./comparison.ts";
import { wordsOf } from "./words.ts";

/**
 * The F-measure, precision and recall weighing the same: 2 x LCS / (words of the answer + words of the right answer), where
 * LCS is the length of the longest common subsequence of words. 0 when a side has no word.
 *
 * Words are runs of letters and digits of the text in lower case (Unicode NFKC); everything else parts them. No stemming, and
 * articles stay; each character of scripts without spaces is a word. On ASCII text these are the words of Google's
 * `rouge-score` without its stemmer.
 *
 * Source: C.-Y. Lin, ROUGE: A Package for Automatic Evaluation of Summaries, 2004, section 3.1 with beta = 1. Right from 0.5
 * on unless set otherwise.
 */
export const rougeL = graded((answer, truth) => {
  const [said, wanted] = [words(answer), words(truth)];
  const total = said.length + wanted.length;
  return total === 0 ? 0 : 2 * commonSubsequenceLength(said, wanted) / total;
}, 0.5);

const words = (text: string) =>
  wordsOf(text.normalize("NFKC").toLowerCase().replace(/[^\p{L}\p{M}\p{N}]+/gu, " "));
