/** The form that every score has, and how a list of right answers is dealt with. */

import type { ScoreOptions } from "../../core/mod.ts";

/** What a comparison says. */
export interface Score {
  /** From 0 to 1; null: the method knows right and wrong only. */
  readonly value: number | null;
  /** null: there is a value, and no threshold that would decide. */
  readonly correct: boolean | null;
}

/** An answer against the right ones, any of which will do; null: there is nothing that it could be compared with. */
export type Comparison = (answer: string, truths: readonly string[]) => Score | null;

/**
 * A method, set up once for all answers.
 *
 * @throws {UserError} If it can't work with these options
 */
export type ScoreSetup = (options: ScoreOptions) => Comparison;

/** Right or wrong: right when it is by one of the right answers. */
export function decided(isRight: (answer: string, truth: string) => boolean): Comparison {
  return (answer, truths) =>
    truths.length === 0 ? null : { value: null, correct: truths.some((truth) => isRight(answer, truth)) };
}

/**
 * Right or wrong by what is read from the right answers; those in which nothing is found are passed over.
 *
 * @param read null: not a right answer of this kind
 */
export function decidedBy<T>(
  read: (truth: string) => T | null,
  isRight: (answer: string, truth: T) => boolean,
): Comparison {
  return (answer, truths) => {
    const wanted = truths.map(read).filter((truth) => truth !== null);
    return wanted.length === 0
      ? null
      : { value: null, correct: wanted.some((truth) => isRight(answer, truth)) };
  };
}

/**
 * The greatest value that a right answer gives; right from the threshold on.
 *
 * @param likeness from 0 to 1
 */
export function graded(
  likeness: (answer: string, truth: string) => number,
  defaultThreshold: number,
): ScoreSetup {
  return ({ threshold = defaultThreshold }) => (answer, truths) => {
    if (truths.length === 0) return null;
    const value = Math.max(...truths.map((truth) => likeness(answer, truth)));
    return { value, correct: threshold === null ? null : value >= threshold };
  };
}
