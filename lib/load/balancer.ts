/** Which copy of an endpoint gets the next request: the one with the least in flight. */

import type { Random } from "../core/mod.ts";
import type { Attempt } from "./attempt.ts";

/** How long a copy that fails gets nothing more, and how long at most when it goes on failing. */
const rest_ms = { first: 1_000, longest: 30_000 } as const;

interface Copy {
  inFlight: number;
  /** Failures in a row. */
  failures: number;
  /** When its rest is over, on the balancer's clock. */
  restsUntil: number;
}

/**
 * Shares the requests of one worker among the copies of an endpoint. Of several with as little in flight, they take turns. A copy
 * that can't be reached, or says that it is broken, rests: else it would draw every request, as it never has one in flight.
 */
export class Balancer {
  readonly #copies: Copy[];
  readonly #now: () => number;
  #turn: number;

  /**
   * @param count how many copies there are
   * @param random where the turns begin, so that workers do not all begin with the same copy
   * @param now milliseconds
   */
  constructor(count: number, random: Pick<Random, "below">, now: () => number) {
    this.#copies = Array.from({ length: count }, () => ({ inFlight: 0, failures: 0, restsUntil: -Infinity }));
    this.#turn = random.below(count);
    this.#now = now;
  }

  /**
   * Chooses a copy for a request; from now on it counts as in flight there.
   *
   * @param avoided the copy that failed it before: it gets it again only if all others rest
   */
  take(avoided: number | null = null): number {
    const copies = this.#copies;
    const now = this.#now();
    let best = this.#turn;
    let bestRank = rankOf(copies[best]!, best === avoided, now);
    for (let i = 1; i < copies.length; i++) {
      const at = (this.#turn + i) % copies.length;
      const rank = rankOf(copies[at]!, at === avoided, now);
      if (rank > bestRank || rank === bestRank && copies[at]!.inFlight >= copies[best]!.inFlight) continue;
      [best, bestRank] = [at, rank];
    }
    this.#turn = (best + 1) % copies.length;
    copies[best]!.inFlight++;
    return best;
  }

  /** Whether a copy that was taken for a request ahead of its time would still be chosen for it. */
  stillFits(taken: number): boolean {
    const now = this.#now();
    const { inFlight } = this.#copies[taken]!;
    const rank = rankOf(this.#copies[taken]!, false, now);
    return this.#copies.every((other, at) => {
      const theirs = rankOf(other, false, now);
      return at === taken || theirs > rank || theirs === rank && other.inFlight >= inFlight - 1;
    });
  }

  /** Gives back what was taken for a request that is not sent there. */
  release(taken: number): void {
    this.#copies[taken]!.inFlight--;
  }

  /** Says how a request ended that was sent to a copy. */
  ended(taken: number, attempt: Pick<Attempt, "status" | "error_kind" | "http_status" | "stale">): void {
    const copy = this.#copies[taken]!;
    copy.inFlight--;
    if (attempt.status === "ok") copy.failures = 0;
    if (!isBroken(attempt)) return;
    const now = this.#now();
    // What was on its way there together fails together.
    if (now < copy.restsUntil) return;
    copy.restsUntil = now + Math.min(rest_ms.first * 2 ** copy.failures, rest_ms.longest);
    copy.failures++;
  }
}

/** The lower the better: one that rests comes after all others. */
function rankOf({ restsUntil }: Copy, avoided: boolean, now: number): number {
  return (now < restsUntil ? 2 : 0) + (avoided ? 1 : 0);
}

/** Whether a failure is the copy's, not the request's: it can't be reached, or has a fault inside. */
function isBroken(
  { status, error_kind, http_status, stale }: Parameters<Balancer["ended"]>[1],
): boolean {
  if (status !== "error" || stale) return false;
  return error_kind === "network" || error_kind === "http" && (http_status ?? 0) >= 500;
}
