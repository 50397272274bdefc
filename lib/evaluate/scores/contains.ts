/** `contains`: a right answer stands in the answer. */

import { normaliseAnswer } from "../normalisation.ts";
import { decided } from "./comparison.ts";
import { holdsUnspaced } from "./words.ts";
import { finalAnswer } from "./worked_solution.ts";

/**
 * Right when one of the right answers stands in the answer as whole words, once both are normalised. Lenient: an answer
 * that names several candidates passes when the right one is among them. A worked solution is compared by its result; a
 * right answer without a word in it matches nothing.
 */
export const contains = () =>
  decided((answer, truth) => {
    const wanted = normaliseAnswer(finalAnswer(truth));
    return wanted !== "" && holds(normaliseAnswer(answer), wanted);
  });

/**
 * Whether normalised words stand side by side in a normalised text: whole words, but any place in scripts that put no
 * spaces between words. An article alone is no word to look for: what is searched has none left, so that only the whole
 * answer can match it.
 */
export function holds(said: string, wanted: string): boolean {
  if (holdsUnspaced(wanted)) return said.includes(wanted);
  return ` ${said} `.includes(` ${wanted} `);
}
