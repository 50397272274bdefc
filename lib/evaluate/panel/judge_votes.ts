/** The votes there are so far. */

import type { DistinctAnswer, Vote } from "../../core/mod.ts";
import type { Judge } from "./judge.ts";

export class JudgeVotes implements Iterable<Vote> {
  readonly #byAnswer = new Map<string, Map<string, Vote>>();
  #size = 0;
  #missing = 0;

  get size(): number {
    return this.#size;
  }

  /** Of them, those without a verdict. */
  get missing(): number {
    return this.#missing;
  }

  /** Adds the only vote of a judge on an answer. */
  add(vote: Vote): void {
    this.#byAnswer.getOrInsertComputed(vote.answer_id, () => new Map()).set(vote.judge, vote);
    this.#size++;
    if (vote.outcome === "unparsable" || vote.outcome === "failed") this.#missing++;
  }

  *[Symbol.iterator](): Generator<Vote> {
    for (const votes of this.#byAnswer.values()) yield* votes.values();
  }

  inOrder(answers: readonly DistinctAnswer[], judges: readonly Judge[]): Vote[] {
    return answers.flatMap(({ answer_id }) =>
      judges.flatMap(({ name }) => this.#byAnswer.get(answer_id)?.get(name) ?? [])
    );
  }
}
