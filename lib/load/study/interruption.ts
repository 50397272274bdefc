/** Something that lets no call through: one at a time is tried until it is over, and all that failed for it are sent again. */

import type { Clock, GapKind, PlannedRequest, StudyGap } from "../../core/mod.ts";
import { aborted, type RunningTime } from "./running_time.ts";

export interface InterruptionOptions {
  readonly kind: GapKind;
  readonly clock: Pick<Clock, "now" | "sleepUntil">;
  /** Stands still meanwhile. */
  readonly time: RunningTime;
  /** UTC of a moment on the clock, in milliseconds since 1970. */
  readonly utc_ms: (at_ms: number) => number;
  /** Waits until another try makes sense. Must not reject for a signal that is aborted. */
  readonly worthIt: (tries: number, signal: AbortSignal) => Promise<void>;
  readonly onGap: (gap: StudyGap) => void;
}

export class Interruption {
  readonly #options: InterruptionOptions;
  #open: { readonly from_ms: number; readonly detail: string } | null = null;
  #tries = 0;
  #probe: PlannedRequest | null = null;
  #changed: PromiseWithResolvers<void> = Promise.withResolvers();

  constructor(options: InterruptionOptions) {
    this.#options = options;
  }

  get open(): boolean {
    return this.#open !== null;
  }

  /** Whether a call has to wait for it. */
  blocks(planned: PlannedRequest): boolean {
    return this.#open !== null && this.#probe !== planned;
  }

  /** It has begun, at a moment on the clock. */
  begin(from_ms: number, detail: string): void {
    if (this.#open !== null) return;
    this.#open = { from_ms, detail };
    this.#tries = 0;
    this.#options.time.hold();
  }

  /**
   * Resolves when a call may go out: at once when all is well, else after it, or when it is its turn to be tried; also when the
   * signal is aborted.
   *
   * @param tried whether it would show that it is over
   */
  async ready(planned: PlannedRequest, tried: boolean, signal: AbortSignal): Promise<void> {
    while (this.blocks(planned) && !signal.aborted) {
      if (!tried || this.#probe !== null) {
        await aborted(signal, this.#changed.promise);
        continue;
      }
      this.#probe = planned;
      await this.#options.worthIt(this.#tries++, signal);
      if (signal.aborted) this.leave(planned);
    }
  }

  /** A call that was ready is not made after all. */
  leave(planned: PlannedRequest): void {
    if (this.#probe === planned) this.#next();
  }

  /**
   * Takes note of how a call ended.
   *
   * @param failed whether it failed for this; null: it says nothing
   * @returns whether it is to be sent again
   */
  ended(planned: PlannedRequest, failed: boolean | null): boolean {
    const probed = this.#probe === planned;
    if (this.#open === null) return false;
    if (probed && failed === false) this.#end(this.#options.utc_ms(this.#options.clock.now()));
    if (probed) this.#next();
    return failed === true;
  }

  /** The study is over. */
  close(): void {
    if (this.#open !== null) this.#end(null);
  }

  #next(): void {
    this.#probe = null;
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  #end(until_ms: number | null): void {
    const { kind, clock, time, utc_ms, onGap } = this.#options;
    const { from_ms, detail } = this.#open!;
    this.#open = null;
    time.release();
    onGap({
      kind,
      from_at: new Date(utc_ms(from_ms)).toISOString(),
      until_at: until_ms === null ? null : new Date(until_ms).toISOString(),
      ms: Math.round(clock.now() - from_ms),
      detail,
    });
  }
}
