/** The embedded endpoint as a judge: it reads fenced prompts by itself, and errs as often as `accuracy` leaves room for. */

import { seededRandom, sha256 } from "../core/mod.ts";

/** What a judge's prompt holds. */
interface Case {
  readonly given: string;
  readonly truths: readonly string[];
}

/** A verdict, and whether it is the right one. */
export interface SimulatedVerdict {
  readonly text: string;
  readonly right: boolean;
}

/**
 * The verdict on the answer that a prompt fences off; null for a prompt that is no judge's. An answer is held to be correct if a right
 * one stands in it as whole words, and for worked solutions if both come to the same behind their last `####`. The same seed, answer
 * and right answers give the same verdict, whatever the number of the fence.
 */
export function verdictOn(
  prompt: string,
  { seed, accuracy }: { readonly seed: number; readonly accuracy: number },
): SimulatedVerdict | null {
  const found = caseIn(prompt);
  if (found === null) return null;
  const { given, truths } = found;
  const right = seededRandom(seed, ["verdict", sha256(JSON.stringify([given, truths]))]).next() < accuracy;
  const holds = truths.some((truth) => agrees(given, truth));
  const verdict = holds === right ? "correct" : "incorrect";
  const explanation = right ? "Compared with the right answers." : "A simulated mistake.";
  return { text: JSON.stringify({ verdict, explanation }), right };
}

function caseIn(prompt: string): Case | null {
  const nonce = /^Lines with the number ([0-9a-f]{16}) fence off material/.exec(prompt)?.[1];
  const part = (label: string) =>
    new RegExp(`-- BEGIN ${label} ${nonce}[^\n]*\n([^]*?)\n-* END ${label} ${nonce} `).exec(prompt)?.[1];
  const [given, right] = [part("GIVEN ANSWER"), part("RIGHT ANSWER")];
  if (nonce === undefined || given === undefined || right === undefined) return null;
  const several = right.startsWith("Any one of these is right:\n");
  return { given, truths: several ? right.split(/\n\(\d+\) /).slice(1) : [right] };
}

function agrees(given: string, truth: string): boolean {
  const result = resultOf(truth);
  if (result !== null) return resultOf(given) === result;
  const wanted = words(truth);
  return wanted !== "  " && words(given).includes(wanted);
}

const words = (text: string) =>
  ` ${text.normalize("NFKC").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim()} `;

function resultOf(text: string): string | null {
  const last = [...text.matchAll(/####\s*(\S+)/g)].at(-1)?.[1];
  return last?.replace(/[^\p{L}\p{N}.-]+/gu, "").replace(/\.$/, "") ?? null;
}
