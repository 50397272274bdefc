import type { ScoreOptions } from "../../../lib/core/mod.ts";
import { type AnswerScore, answerScorer } from "../../../lib/evaluate/mod.ts";

/** The score of one answer; null where there is nothing to compare it with. */
export function scoreOf(
  options: ScoreOptions,
  answer: string,
  truths: readonly string[],
): AnswerScore | null {
  return answerScorer(options).score(answer, truths);
}

/** Whether an answer is right; null where that is not decided. */
export function correct(options: ScoreOptions, answer: string, ...truths: string[]): boolean | null {
  return scoreOf(options, answer, truths)?.correct ?? null;
}

/** The value of an answer, to four places. */
export function value(options: ScoreOptions, answer: string, ...truths: string[]): number | null {
  const found = scoreOf(options, answer, truths)?.value ?? null;
  return found === null ? null : Number(found.toFixed(4));
}
