/** Calls that a user's own client makes. */

import {
  ExchangeLimits,
  type SendOptions,
  type SendResult,
  type Transport,
  type TransportFailure,
} from "../../transport/mod.ts";
import { AnswerDraft } from "../answer_draft.ts";
import { clipped } from "../failure.ts";
import { strayErrorAfter, strayErrors } from "./own_module_stray.ts";
import { errorOf, type Said, saidBy, statusOf } from "./own_module_value.ts";
import type { OwnContext } from "./own_predictor.ts";
import type { OwnCall } from "../predictor.ts";

type Outcome = Awaited<ReturnType<OwnCall["call"]>>;

/**
 * One call, timed around it. It is over at its limits and when it is cancelled, whatever it goes on doing; only code that never
 * gives way can't be ended from within its own process.
 *
 * @param start makes the call
 */
export function ownCall(start: (context: OwnContext) => unknown, secrets: readonly string[]): OwnCall {
  return { call: (transport, options) => new Running(() => transport.now(), secrets).run(start, options) };
}

class Running {
  readonly #now: Transport["now"];
  readonly #secrets: readonly string[];
  readonly #draft = new AnswerDraft();
  readonly #stopping = new AbortController();
  readonly #stopped = Promise.withResolvers<never>();
  #limits: ExchangeLimits | null = null;
  #failure: TransportFailure | null = null;
  /** The stamp of this turn: what is told in one go came in one go. */
  #turn_ms: number | null = null;
  #over = false;

  constructor(now: Transport["now"], secrets: readonly string[]) {
    this.#now = now;
    this.#secrets = secrets;
    this.#stopped.promise.catch(() => {});
  }

  async run(start: (context: OwnContext) => unknown, { limits = {}, signal }: SendOptions): Promise<Outcome> {
    const cancel = () => this.#stop({ kind: "cancelled", message: "cancelled" });
    const strays = strayErrors();
    let sent_ms: number | null = null;
    let status: number | null = null;
    try {
      if (signal?.aborted) cancel();
      signal?.addEventListener("abort", cancel);
      this.#stopping.signal.throwIfAborted();
      this.#limits = new ExchangeLimits(limits, this.#now, (failure) => this.#stop(failure));
      sent_ms = this.#now();
      this.#limits.enter("first byte", sent_ms);
      const context = { signal: this.#stopping.signal, token: this.#token };
      const called = Promise.try(() => start(context));
      called.catch(() => {});
      this.#settle(saidBy("predict()", await Promise.race([called, this.#stopped.promise]), this.#secrets));
    } catch (error) {
      if (this.#failure === null) {
        status = statusOf(error);
        this.#draft.fail(errorOf(error, isMisreading(error) ? "parse" : "http", this.#secrets));
      } else this.#cut(this.#failure, strayErrorAfter(strays));
    }
    const ended_ms = this.#now();
    this.#over = true;
    this.#limits?.stop();
    signal?.removeEventListener("abort", cancel);
    const never = {
      dns_ms: null,
      connect_ms: null,
      tls_ms: null,
      reused: false,
      ahead: false,
      body_sent_ms: null,
      headers_ms: null,
    };
    return {
      result: { ...never, sent_ms, ended_ms, status, failure: this.#failure } satisfies SendResult,
      answer: this.#draft.answer(),
    };
  }

  readonly #token = (text: unknown, kind: unknown = "text"): void => {
    if (this.#over || this.#failure !== null) return;
    if (typeof text !== "string" || kind !== "text" && kind !== "reasoning") {
      const error = new TypeError('token() takes a text, and "text" or "reasoning"');
      this.#draft.fail({ kind: "parse", message: error.message });
      throw error;
    }
    if (text === "") return;
    if (this.#turn_ms === null) {
      this.#turn_ms = this.#now();
      queueMicrotask(() => this.#turn_ms = null);
      this.#limits?.progress(this.#turn_ms);
    }
    this.#draft.chunk(this.#turn_ms, kind === "text");
    if (kind === "text") this.#draft.text += text;
  };

  #stop(failure: TransportFailure): void {
    if (this.#over || this.#failure !== null) return;
    this.#failure = failure;
    this.#stopped.reject(failure);
    this.#stopping.abort(
      new DOMException(failure.message, failure.kind === "timeout" ? "TimeoutError" : "AbortError"),
    );
  }

  #settle({ text, counts, stop_reason, error }: Said): void {
    const draft = this.#draft;
    const told = draft.answer();
    if (error !== null) draft.fail(error);
    else if (text === null && told.first_visible_ms === null) {
      draft.fail({ kind: "parse", message: 'predict() gave no text; expected an object like {text: "..."}' });
    }
    draft.text = text ?? draft.text;
    draft.usage = { ...draft.usage, ...counts };
    draft.stop_reason = stop_reason;
    draft.terminated = draft.error === null;
  }

  #cut(failure: TransportFailure, stray: string | null): void {
    if (stray === null) return this.#draft.cut(failure);
    const message = clipped(
      `${failure.message}; meanwhile it threw where nobody waited: ${stray}`,
      this.#secrets,
    );
    this.#draft.cut({ ...failure, message });
  }
}

/** Errors of the language: the answer, or what was made of it, was not what the code took it for. */
function isMisreading(error: unknown): boolean {
  return error instanceof TypeError || error instanceof SyntaxError;
}
