/** When a level has failed so often that the rest would be wasted. */

import type { Status } from "../core/mod.ts";

/** A level gives up on its error rate only after so many finished requests. */
const fewestToJudge = 20;

/** Whether so many failures are too many; null = never. */
export function tooManyFailed(failed: number, finished: number, limit: number | null): boolean {
  return limit !== null && finished >= fewestToJudge && failed / finished > limit;
}

/** Counts how requests end against `Level.stop_error_rate`. */
export class ErrorRate {
  readonly #limit: number | null;
  #finished = 0;
  #failed = 0;
  /** Whether the limit was passed at any time. */
  exceeded = false;

  constructor(limit: number | null) {
    this.#limit = limit;
  }

  /** Takes note of an end; true from the moment when too many have failed. */
  exceededBy(status: Status): boolean {
    if (status === "cancelled") return this.exceeded;
    this.#finished++;
    if (status === "error") this.#failed++;
    this.exceeded ||= tooManyFailed(this.#failed, this.#finished, this.#limit);
    return this.exceeded;
  }
}
