/** Keys to AWS that end while a study runs: its calls wait for new ones, and those that came too late are sent again. */

import type { AwsCredentials, Clock, PlannedRequest, RequestRecord } from "../../core/mod.ts";
import type { Attempt } from "../attempt.ts";
import { Interruption, type InterruptionOptions } from "./interruption.ts";

/** Where keys come from. */
export interface Keys {
  /** Whether a level's requests are signed with keys that can end. */
  needed(level: number): boolean;
  /** As last given; null: none were. */
  current(): Pick<AwsCredentials, "expires_at_ms"> | null;
  /** Asks for new ones; may be called again and again. */
  renew(): void;
}

/** How often new keys are looked for, and asked for anew. */
const look_ms = 1_000;
const ask_ms = 60_000;
/** Waits before keys that were refused are tried again: doubled from one try to the next. */
const wait_ms = { first: 5_000, longest: 60_000 } as const;

const endedKeys = /\b(ExpiredToken(Exception)?|RequestExpired|there are no credentials for AWS)\b/;

/** Whether an attempt failed because the keys had ended. */
export function keysEnded(
  { status, error_message }: Pick<RequestRecord, "status" | "error_message">,
): boolean {
  return status === "error" && error_message !== null && endedKeys.test(error_message);
}

export class KeyWatch {
  readonly #gap: Interruption;
  readonly #keys: Keys;
  readonly #clock: Pick<Clock, "now" | "sleepUntil">;
  readonly #utc_ms: (at_ms: number) => number;
  #asked_ms = -Infinity;
  /** Those that are no good. */
  #refused: ReturnType<Keys["current"]> = null;

  constructor(options: Omit<InterruptionOptions, "kind" | "worthIt">, keys: Keys) {
    this.#keys = keys;
    this.#clock = options.clock;
    this.#utc_ms = options.utc_ms;
    this.#gap = new Interruption({
      ...options,
      kind: "credentials",
      worthIt: (tries, signal) => this.#waited(tries, signal),
    });
  }

  /** See `Interruption.ready`; resolves to whether it had to wait, so that what was signed before is worth nothing. */
  async ready(planned: PlannedRequest, signal: AbortSignal): Promise<boolean> {
    const needed = this.#keys.needed(planned.level);
    if (needed && !this.#gap.open && !this.#valid()) this.#begin("the keys to AWS have ended");
    const waited = this.#gap.blocks(planned);
    await this.#gap.ready(planned, needed, signal);
    return waited;
  }

  blocks(planned: PlannedRequest): boolean {
    return this.#gap.blocks(planned);
  }

  leave(planned: PlannedRequest): void {
    this.#gap.leave(planned);
  }

  /** Takes note of an attempt; whether it is to be made again. */
  ended(planned: PlannedRequest, attempt: Attempt): boolean {
    if (!this.#keys.needed(planned.level)) return false;
    const failed = keysEnded(attempt);
    if (failed) this.#begin(attempt.error_message ?? "the keys to AWS have ended");
    return this.#gap.ended(planned, attempt.status === "cancelled" ? null : failed);
  }

  close(): void {
    this.#gap.close();
  }

  #begin(detail: string): void {
    this.#refused = this.#keys.current();
    if (this.#gap.open) return;
    this.#gap.begin(this.#clock.now(), detail);
    this.#ask();
  }

  #ask(): void {
    this.#asked_ms = this.#clock.now();
    this.#keys.renew();
  }

  #valid(): boolean {
    const keys = this.#keys.current();
    return keys !== null && (keys.expires_at_ms ?? Infinity) > this.#utc_ms(this.#clock.now());
  }

  /** Waits for keys that are valid; for others than were refused, as long as there may be some. */
  async #waited(tries: number, signal: AbortSignal): Promise<void> {
    const from = this.#clock.now();
    const patience = Math.min(wait_ms.first * 2 ** tries, wait_ms.longest);
    while (!signal.aborted) {
      const now = this.#clock.now();
      if (this.#valid() && (this.#keys.current() !== this.#refused || now - from >= patience)) return;
      if (now - this.#asked_ms >= ask_ms) this.#ask();
      await this.#clock.sleepUntil(now + look_ms, signal).catch(() => {});
    }
  }
}
