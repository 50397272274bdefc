/** `levenshtein`: how few letters have to be changed. */

import { distance } from "fastest-levenshtein";
import { normaliseAnswer } from "../normalisation.ts";
import { graded } from "./comparison.ts";

/**
 * 1 - edits / length of the longer text, of the normalised texts; an edit inserts, removes or replaces one character (UTF-16
 * code unit). 0 when a side has no word. Right from 0.8 on unless set otherwise.
 * Source: V. I. Levenshtein, Soviet Physics Doklady 10 (1966), 707-710.
 */
export const levenshtein = graded((answer, truth) => {
  const [said, wanted] = [normaliseAnswer(answer), normaliseAnswer(truth)];
  if (said === "" || wanted === "") return 0;
  return 1 - distance(said, wanted) / Math.max(said.length, wanted.length);
}, 0.8);
