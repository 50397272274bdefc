/** Deterministic scores: the same answer gets the same verdict, without a judge and without a cost. */

import type { ScoreMethod, ScoreOptions } from "../core/mod.ts";
import type { Score } from "./scores/comparison.ts";
import { scores } from "./scores/registry.ts";
import { endsInNumber } from "./scores/worked_solution.ts";

/** A score with the method that gave it. */
export interface AnswerScore extends Score {
  readonly method: ScoreMethod;
}

/** Compares answers with the right ones. */
export interface AnswerScorer {
  /**
   * The score of an answer; null: there is nothing that it could be compared with.
   *
   * @param truths any of them is right
   */
  score(answer: string, truths: readonly string[]): AnswerScore | null;
  /** The method for a row with these right answers. */
  methodFor(truths: readonly string[]): ScoreMethod;
}

/**
 * Sets up a method once for all answers.
 *
 * @throws {UserError} If the method can't work with these options: a pattern or schema that can't be read, too few choices
 */
export function answerScorer(options: ScoreOptions): AnswerScorer {
  const methodFor = (truths: readonly string[]): ScoreMethod => {
    if (options.method !== "auto") return options.method;
    return truths.length > 0 && truths.every(endsInNumber) ? "numeric" : "contains";
  };
  const wanted: readonly ScoreMethod[] = options.method === "auto"
    ? ["numeric", "contains"]
    : [options.method];
  const comparisons = new Map(wanted.map((method) => [method, scores[method](options)]));
  return {
    methodFor,
    score(answer, truths) {
      const method = methodFor(truths);
      const score = comparisons.get(method)?.(answer, truths) ?? null;
      return score === null ? null : { ...score, method };
    },
  };
}
