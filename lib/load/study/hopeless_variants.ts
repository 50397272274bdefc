/** Variants of a study that can't be called at all, and are left out for the rest of it. */

import type { Level } from "../../core/mod.ts";
import type { Attempt } from "../attempt.ts";
import { ErrorRate } from "../error_rate.ts";

/** So many calls in a row must have failed for what does not go away. */
const inARow = 20;
/** Refusals by HTTP that do go away. */
const passing = new Set([408, 429]);

/**
 * A study of days is not ended by an error rate: endpoints have bad hours. A variant is left out when more of its calls failed than
 * `stop_error_rate` allows and each of the last 20 was refused for itself: kind `validation`, or HTTP 4xx but for 408 and 429.
 */
export class HopelessVariants {
  readonly #rates: readonly ErrorRate[];
  readonly #refusals: number[];

  constructor(levels: readonly Pick<Level, "stop_error_rate">[]) {
    this.#rates = levels.map(({ stop_error_rate }) => new ErrorRate(stop_error_rate));
    this.#refusals = levels.map(() => 0);
  }

  /** Whether a level is left out. */
  has(level: number): boolean {
    return this.#rates[level]!.exceeded && this.#refusals[level]! >= inARow;
  }

  /** Takes note of how a call ended; true when its variant is left out from now on. */
  joinedBy(level: number, attempt: Pick<Attempt, "status" | "error_kind" | "http_status">): boolean {
    if (attempt.status === "cancelled" || this.has(level)) return false;
    this.#rates[level]!.exceededBy(attempt.status);
    this.#refusals[level] = isRefusal(attempt) ? this.#refusals[level]! + 1 : 0;
    return this.has(level);
  }
}

function isRefusal(
  { status, error_kind, http_status }: Pick<Attempt, "status" | "error_kind" | "http_status">,
): boolean {
  if (status !== "error") return false;
  if (error_kind === "validation") return true;
  return error_kind === "http" && http_status !== null && http_status >= 400 && http_status < 500 &&
    !passing.has(http_status);
}
