/** A network that is gone: told from one endpoint that is gone by the variants that fail in a row. */

import type { Clock, PlannedRequest, RequestRecord } from "../../core/mod.ts";
import type { Attempt } from "../attempt.ts";
import { Interruption, type InterruptionOptions } from "./interruption.ts";

/** Waits before a call is tried again: doubled from one try to the next. */
const wait_ms = { first: 5_000, longest: 60_000 } as const;
/** So many failures in a row on the only variant, or on so many variants, are an outage. */
const inARow = 3;
const variantsInARow = 2;
/** Of calls that may have failed for an outage so many are remembered. */
const mostSuspects = 64;

/** Whether an attempt came back without anything from the other side: no connection, or one that broke before the answer began. */
export function neverReached(
  { status, error_kind, http_status, sent_ms }: Pick<
    RequestRecord,
    "status" | "error_kind" | "http_status" | "sent_ms"
  >,
): boolean {
  if (status !== "error" || http_status !== null) return false;
  return error_kind === "network" || error_kind === "timeout" && sent_ms === null;
}

export class Outage {
  readonly #gap: Interruption;
  readonly #variants: number;
  readonly #clock: Pick<Clock, "now">;
  /** Failures since the last answer, of whatever kind. */
  #streak: { levels: Set<number>; count: number; from_ms: number } | null = null;
  #suspects: PlannedRequest[] = [];
  readonly #lost: PlannedRequest[] = [];

  /** @param variants how many the study has */
  constructor(options: Omit<InterruptionOptions, "kind" | "worthIt">, variants: number) {
    this.#variants = variants;
    this.#clock = options.clock;
    this.#gap = new Interruption({
      ...options,
      kind: "network",
      worthIt: (tries, signal) => {
        const wait = Math.min(wait_ms.first * 2 ** tries, wait_ms.longest);
        return options.clock.sleepUntil(options.clock.now() + wait, signal).catch(() => {});
      },
    });
  }

  /** See `Interruption.ready`. */
  ready(planned: PlannedRequest, signal: AbortSignal): Promise<void> {
    return this.#gap.ready(planned, true, signal);
  }

  blocks(planned: PlannedRequest): boolean {
    return this.#gap.blocks(planned);
  }

  leave(planned: PlannedRequest): void {
    this.#gap.leave(planned);
  }

  /** Takes note of an attempt; whether it is to be made again whatever the policy says. */
  ended(planned: PlannedRequest, attempt: Attempt): boolean {
    const failed = neverReached(attempt);
    if (this.#gap.open) return this.#gap.ended(planned, attempt.status === "cancelled" ? null : failed);
    if (attempt.status === "cancelled" || attempt.stale) return false;
    if (!failed) {
      this.#streak = null;
      this.#suspects = [];
      return false;
    }
    const from_ms = attempt.sent_ms ?? attempt.ended_ms;
    const streak = this.#streak ??= { levels: new Set(), count: 0, from_ms };
    streak.levels.add(planned.level);
    streak.count++;
    streak.from_ms = Math.min(streak.from_ms, from_ms);
    if (streak.levels.size < variantsInARow && (this.#variants > 1 || streak.count < inARow)) return false;
    this.#streak = null;
    this.#lost.push(...this.#suspects.splice(0));
    this.#gap.begin(
      Math.min(streak.from_ms, this.#clock.now()),
      attempt.error_message ?? "no endpoint can be reached",
    );
    return true;
  }

  /** A call whose last attempt reached nobody: it is sent again if that shows to have been an outage. */
  suspect(planned: PlannedRequest): void {
    if (this.#gap.open) this.#lost.push(planned);
    else if (this.#streak !== null) this.#suspects.push(planned);
    if (this.#suspects.length > mostSuspects) this.#suspects.shift();
  }

  /** A call that failed for an outage which is over; undefined: there is none. */
  next(): PlannedRequest | undefined {
    return this.#gap.open ? undefined : this.#lost.shift();
  }

  close(): void {
    this.#gap.close();
  }
}
