/** What the ground truth says of one answer: kept while it goes out. */

import type { Moment } from "./dialect.ts";
import { now } from "./time.ts";
import type { Truth } from "./truth_log.ts";

/** What is known of a request before anything of its answer is sent. */
export type Asked = Pick<
  Truth,
  | "n"
  | "received_ms"
  | "request_id"
  | "prompt_key"
  | "prompt_use"
  | "right"
  | "fault"
  | "shapes"
  | "served_latency"
>;

export class SendAccount {
  readonly #asked: Asked;
  readonly #streamed: boolean;
  readonly #prompt_tokens: number | null;
  /** One entry a token, in microseconds; null: not kept. Not on the garbage collector's heap. */
  readonly #sent_us: Int32Array | null;
  readonly #late_us: Int32Array | null;
  /** When the first token was due, sent or not. */
  #began: number | null = null;
  #first: number | null = null;
  #last: number | null = null;
  #latest: number | null = null;
  #tokens = 0;

  /** @param about `log_tokens`: for how many tokens times are kept */
  constructor(asked: Asked, about: { streamed: boolean; prompt_tokens: number | null; log_tokens: number }) {
    this.#asked = asked;
    this.#streamed = about.streamed;
    this.#prompt_tokens = about.prompt_tokens;
    this.#sent_us = about.log_tokens > 0 && about.streamed ? new Int32Array(about.log_tokens) : null;
    this.#late_us = this.#sent_us === null ? null : new Int32Array(about.log_tokens);
  }

  /** Tokens that are about to be written, and were due at a moment. */
  stamp(due: number, tokens = 1): void {
    const at = now();
    this.#first ??= at;
    this.#last = at;
    this.#latest = Math.max(this.#latest ?? 0, at - due);
    if (this.#sent_us !== null) {
      this.#sent_us[this.#tokens] = Math.round((at - this.#asked.received_ms) * 1000);
      this.#late_us![this.#tokens] = Math.round((at - due) * 1000);
    }
    this.#tokens += tokens;
  }

  /** The first token was due at a moment; for an answer in one piece it goes out later. */
  began(due: number): void {
    this.#began = due;
  }

  /** Times for what the answer itself says of them. */
  moment(): Moment {
    const { received_ms } = this.#asked;
    const at = now();
    const first = this.#streamed ? this.#first : this.#began;
    return { elapsed_ms: at - received_ms, first_ms: (first ?? at) - received_ms };
  }

  /** The line for the log. */
  truth(status: number, frozen_ms: number): Truth {
    const { received_ms } = this.#asked;
    return {
      ...this.#asked,
      first_send_ms: this.#first,
      last_send_ms: this.#last,
      done_ms: now(),
      deadline_error_ms_max: this.#latest,
      ttft_ms: !this.#streamed || this.#first === null ? null : this.#first - received_ms,
      prompt_tokens: this.#prompt_tokens,
      completion_tokens: this.#prompt_tokens === null ? null : this.#tokens,
      status,
      frozen_ms,
      sent_us: this.#kept(this.#sent_us),
      late_us: this.#kept(this.#late_us),
    };
  }

  #kept(times: Int32Array | null): number[] | null {
    return times === null ? null : [...times.subarray(0, this.#tokens)];
  }
}
