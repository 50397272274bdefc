/** `exact`: the answer is one of the right ones, once both are normalised. */

import { normaliseAnswer } from "../normalisation.ts";
import { decided } from "./comparison.ts";
import { finalAnswer } from "./worked_solution.ts";

/** A worked solution is compared by its result; a right answer without a word in it matches nothing. */
export const exact = () =>
  decided((answer, truth) => {
    const wanted = normaliseAnswer(finalAnswer(truth));
    return wanted !== "" && normaliseAnswer(answer) === wanted;
  });
