/** Right answers that show their work, in the form of GSM8K (Cobbe et al., 2021): steps, then a line `#### 18`. */

import { numbersIn } from "./number_text.ts";

/** What a worked solution comes to; any other text is its own answer. */
export function finalAnswer(truth: string): string {
  return resultOf(truth) ?? truth;
}

/** Whether a text ends in a line `####` with a number, and nothing but its unit, behind it. */
export function endsInNumber(truth: string): boolean {
  const result = resultOf(truth);
  return result !== null && /^[-\u2212\p{Sc}\d.]/u.test(result) && numbersIn(result).length === 1;
}

function resultOf(truth: string): string | null {
  return /(?:^|\n)####\s*([^\n]+)\s*$/.exec(truth)?.[1] ?? null;
}
