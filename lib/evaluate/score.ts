/** Deterministic scores: the same answer gets the same verdict, without a judge and without a cost. */

import { normaliseAnswer } from "./normalisation.ts";

/**
 * How an answer is compared with the right ones, any of which will do:
 * `exact`: it is one of them, once both are normalised;
 * `contains`: one of them stands in it as whole words, once both are normalised. Lenient: an answer that names several
 * candidates passes when the right one is among them.
 */
export type ScoreMethod = "exact" | "contains";

/** Whether an answer is right. A ground truth without a word in it matches nothing. */
export function isCorrect(answer: string, groundTruth: readonly string[], method: ScoreMethod): boolean {
  const said = normaliseAnswer(answer);
  return groundTruth.some((truth) => {
    const wanted = normaliseAnswer(finalAnswer(truth));
    if (wanted === "") return false;
    return said === wanted || (method === "contains" && holds(said, wanted));
  });
}

/**
 * What a worked solution comes to. Data sets in the form of GSM8K (Cobbe et al., 2021) end in a line `#### 18`; any other
 * text is its own answer.
 */
export function finalAnswer(truth: string): string {
  return /(?:^|\n)####\s*([^\n]+)\s*$/.exec(truth)?.[1] ?? truth;
}

const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;

/** Whole words, but any place in scripts that put no spaces between words; an article alone is no word to look for: what
 * is searched has none left, so that only the whole answer can match it. */
function holds(said: string, wanted: string): boolean {
  if (unspaced.test(wanted)) return said.includes(wanted);
  return ` ${said} `.includes(` ${wanted} `);
}
