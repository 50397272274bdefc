/** `numeric`: the number that an answer comes to. */

import type { ScoreOptions } from "../../core/mod.ts";
import { type Comparison, decidedBy } from "./comparison.ts";
import { numbersOfPlain, plainNumberText, type TextNumber } from "./number_text.ts";

/**
 * Right when the final number of the answer is that of a right answer: whole numbers must be the same, others may differ by
 * a millionth of the right one; with a `tolerance` all may differ by that fraction of it. Units and currencies aren't
 * compared. Percent: the numbers may be equal as they stand, sign or not (`25 %` and `25`), and where one side alone has
 * the sign also as a fraction (`25 %` and `0.25`).
 *
 * Right answers without a number are passed over.
 */
export function numeric({ tolerance }: ScoreOptions): Comparison {
  const near = (a: number, wanted: number) => {
    if (tolerance === undefined && Number.isInteger(a) && Number.isInteger(wanted)) return a === wanted;
    return Math.abs(a - wanted) <= (tolerance ?? 1e-6) * Math.abs(wanted);
  };
  return decidedBy(finalNumber, (answer, wanted) => {
    const said = finalNumber(answer);
    if (said === null) return false;
    if (near(said.value, wanted.value)) return true;
    return said.percent !== wanted.percent && near(asFraction(said), asFraction(wanted));
  });
}

/**
 * The number that a text comes to; null when it has none. The first of these that there is:
 * the number behind the last `####` that ends its line or stands in the last one (a Markdown heading `#### 2. Sum` does not);
 * the first number in the last `\boxed{}`;
 * the last number directly behind `answer is`, `answer:` or the like, no calculation following;
 * the last number.
 */
export function finalNumber(text: string): TextNumber | null {
  const plain = plainNumberText(text).trimEnd();
  const numbers = numbersOfPlain(plain);
  const last = (wanted: (found: TextNumber) => boolean) => numbers.findLast(wanted);
  return last((found) => isMarked(plain, found)) ?? boxed(plain, numbers) ??
    last((found) => isAnnounced(plain, found)) ?? numbers.at(-1) ?? null;
}

const asFraction = ({ value, percent }: TextNumber) => percent ? value / 100 : value;

function isMarked(plain: string, { start, end }: TextNumber): boolean {
  if (!/####[\s*=~≈]*$/.test(plain.slice(Math.max(0, start - 20), start))) return false;
  const rest = plain.slice(end);
  return !rest.includes("\n") ||
    /^[^\n\p{N}]{0,20}\n/u.test(rest) && !/^[.):]\s*\S/.test(rest.split("\n")[0] ?? "");
}

function boxed(plain: string, numbers: readonly TextNumber[]): TextNumber | undefined {
  const box = [...plain.matchAll(/\\boxed\s*\{[^\n]*/g)].at(-1);
  if (box === undefined) return undefined;
  return numbers.find(({ start }) => start >= box.index && start < box.index + box[0].length);
}

const announcement =
  /\banswer\b[\s:=*_"'([]*(?:is|was|would be|comes to)?[\s:=*_"'([]*(?:exactly|about|approximately)?[\s*_"'([$]*$/i;
const calculation =
  /^[ *_)\]"'$]*(?:(?:[-+/×÷=^·x]|(?<!\*)\*(?!\*)) *\p{Sc}?\d|(?:times|plus|minus|more|less|fewer|divided)\b)/iu;

function isAnnounced(plain: string, { start, end }: TextNumber): boolean {
  return announcement.test(plain.slice(Math.max(0, start - 60), start)) &&
    !calculation.test(plain.slice(end));
}
