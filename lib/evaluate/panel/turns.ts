/** Whose turn it is: several judges share the calls in flight. */

import type { DistinctAnswer } from "../../core/mod.ts";

/** One vote to be taken. */
export interface Turn {
  /** Position of the judge in the panel. */
  readonly judge: number;
  readonly answer: DistinctAnswer;
}

/**
 * Gives the next vote to the judge with the fewest under way, so that a slow judge holds its share of the calls and no more as long
 * as others have work; of equal ones, to that with the most left.
 */
export class Turns {
  readonly #left: DistinctAnswer[][];
  readonly #underWay: number[];

  /** @param answers of each judge, in the order in which they are asked about */
  constructor(answers: readonly (readonly DistinctAnswer[])[]) {
    this.#left = answers.map((own) => own.toReversed());
    this.#underWay = answers.map(() => 0);
  }

  /** null: nothing is left to begin. */
  next(): Turn | null {
    let chosen = -1;
    for (const [judge, { length }] of this.#left.entries()) {
      if (length > 0 && (chosen < 0 || this.#before(judge, chosen))) chosen = judge;
    }
    const answer = this.#left[chosen]?.pop();
    if (answer === undefined) return null;
    this.#underWay[chosen]!++;
    return { judge: chosen, answer };
  }

  /** A vote is over. */
  done({ judge }: Turn): void {
    this.#underWay[judge]!--;
  }

  #before(one: number, other: number): boolean {
    const fewer = this.#underWay[one]! - this.#underWay[other]!;
    return fewer < 0 || (fewer === 0 && this.#left[one]!.length > this.#left[other]!.length);
  }
}
