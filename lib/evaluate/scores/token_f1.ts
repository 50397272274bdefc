/** `token_f1`: how many words an answer shares with a right one. */

import { normaliseAnswer } from "../normalisation.ts";
import { graded } from "./comparison.ts";
import { wordsOf } from "./words.ts";

/**
 * The harmonic mean of precision (shared words / words of the answer) and recall (shared words / words of the right
 * answer), of the normalised texts, whatever the order; a word counts as often as both have it. 0 when a side has no word.
 * Source: the F1 of SQuAD, Rajpurkar et al., EMNLP 2016, section 6.1. Right from 0.5 on unless set otherwise.
 */
export const tokenF1 = graded((answer, truth) => f1(words(answer), words(truth)), 0.5);

const words = (text: string) => wordsOf(normaliseAnswer(text));

function f1(said: readonly string[], wanted: readonly string[]): number {
  const left = new Map<string, number>();
  for (const word of wanted) left.set(word, (left.get(word) ?? 0) + 1);
  let shared = 0;
  for (const word of said) {
    const count = left.get(word) ?? 0;
    if (count === 0) continue;
    left.set(word, count - 1);
    shared++;
  }
  return shared === 0 ? 0 : 2 * shared / (said.length + wanted.length);
}
