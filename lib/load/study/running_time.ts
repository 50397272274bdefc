/** The time that a study counts: it stands still in a gap, so that what was due then is due after it. */

import type { Clock } from "../../core/mod.ts";

/** A timer for longer than that would overflow. */
const longestSleep_ms = 3_600_000;

export class RunningTime {
  readonly #clock: Pick<Clock, "now" | "sleepUntil">;
  readonly #stalled: () => number;
  readonly #start: number;
  /** Time of gaps that are over. */
  #held = 0;
  #holds = 0;
  #since = 0;
  #released: PromiseWithResolvers<void> = Promise.withResolvers();

  /**
   * Begins at 0 now.
   *
   * @param stalled milliseconds of the clock in which nothing ran, so far: see `MachineClock.stalled_ms`
   */
  constructor(clock: Pick<Clock, "now" | "sleepUntil">, stalled: () => number = () => 0) {
    this.#clock = clock;
    this.#stalled = stalled;
    this.#start = clock.now() - stalled();
  }

  /** Milliseconds since the start, gaps not counted. */
  now(): number {
    return (this.#holds > 0 ? this.#since : this.#clock.now() - this.#stalled()) - this.#start - this.#held;
  }

  /** When that much has run, on the clock, if nothing holds it up from now on; of the past, where it would have been. */
  clockAt(at_ms: number): number {
    const lost = this.#holds > 0 ? this.#clock.now() - this.#stalled() - this.#since : 0;
    return at_ms + this.#start + this.#held + lost + this.#stalled();
  }

  /** Stands still until every `hold` has its `release`. */
  hold(): void {
    if (this.#holds++ > 0) return;
    this.#since = this.#clock.now() - this.#stalled();
    this.#released = Promise.withResolvers();
  }

  release(): void {
    if (--this.#holds > 0) return;
    this.#held += this.#clock.now() - this.#stalled() - this.#since;
    this.#released.resolve();
  }

  /** Resolves to true when so much has run, to false when the signal is aborted first. */
  async reached(at_ms: number, signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      if (this.now() >= at_ms) return true;
      if (this.#holds > 0) await aborted(signal, this.#released.promise);
      else {
        const at = Math.min(this.clockAt(at_ms), this.#clock.now() + longestSleep_ms);
        await this.#clock.sleepUntil(at, signal).catch(() => {});
      }
    }
    return false;
  }
}

/** Resolves with the promise, or when the signal is aborted. */
export async function aborted(signal: AbortSignal, promise: Promise<unknown>): Promise<void> {
  if (signal.aborted) return;
  const gone = Promise.withResolvers<void>();
  const leave = () => gone.resolve();
  signal.addEventListener("abort", leave, { once: true });
  await Promise.race([promise, gone.promise]);
  signal.removeEventListener("abort", leave);
}
