/** The time limits of one exchange on one timer. */

import type { SendLimits, TransportFailure } from "./wire.ts";

type Phase = "connect" | "first byte" | "stall";

const words: Readonly<Record<Phase | "total", string>> = {
  connect: "no connection",
  "first byte": "no first byte",
  stall: "no further byte",
  total: "no end",
};

/**
 * Watches an exchange. Progress only moves a number; the timer looks at it when it fires and is set again for the rest,
 * so that a read costs no timer.
 */
export class ExchangeLimits {
  readonly #limits: Partial<SendLimits>;
  readonly #now: () => number;
  readonly #onExpired: (failure: TransportFailure) => void;
  readonly #started: number;
  #phase: Phase = "connect";
  #since: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    limits: Partial<SendLimits>,
    now: () => number,
    onExpired: (failure: TransportFailure) => void,
  ) {
    this.#limits = limits;
    this.#now = now;
    this.#onExpired = onExpired;
    this.#started = this.#since = now();
    this.#arm();
  }

  /** A phase begins. */
  enter(phase: Phase, at_ms: number): void {
    const sooner = this.#limitOf(phase) !== null;
    this.#phase = phase;
    this.#since = at_ms;
    if (sooner) this.#arm();
  }

  /** Something arrived. */
  progress(at_ms: number): void {
    if (this.#phase === "stall") this.#since = at_ms;
    else this.enter("stall", at_ms);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #limitOf(phase: Phase): number | null {
    const { connect_ms, first_byte_ms, stall_ms } = this.#limits;
    return (phase === "connect" ? connect_ms : phase === "stall" ? stall_ms : first_byte_ms) ?? null;
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const limit = this.#limitOf(this.#phase);
    const total = this.#limits.total_ms ?? null;
    const phaseEnd = limit === null ? Infinity : this.#since + limit;
    const totalEnd = total === null ? Infinity : this.#started + total;
    const end = Math.min(phaseEnd, totalEnd);
    if (end === Infinity) return;
    const left = end - this.#now();
    if (left > 0) {
      this.#timer = setTimeout(() => this.#arm(), Math.ceil(left));
      return;
    }
    const [reason, ms] = phaseEnd <= totalEnd ? [this.#phase, limit] : ["total" as const, total];
    this.#onExpired({ kind: "timeout", message: `${words[reason]} within ${ms} ms` });
  }
}
