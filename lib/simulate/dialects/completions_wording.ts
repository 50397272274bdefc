/** The answers of OpenAI's completions. */

import type { Draft, StopReason, Whole, Wording } from "../dialect.ts";
import type { Event } from "../framing.ts";
import type { Around } from "../token_frames.ts";
import { fingerprint, openaiUsage } from "./chat_wording.ts";
import { serverError } from "./openai_error.ts";

export class CompletionsWording implements Wording {
  readonly #draft: Draft;
  readonly #include_usage: boolean;

  /** @param include_usage whether a stream's usage is asked for */
  constructor(draft: Draft, include_usage: boolean) {
    this.#draft = draft;
    this.#include_usage = include_usage && !draft.shapes.has("no_usage");
  }

  opening(): Event[] {
    return [];
  }

  token(_: number, text: string): Event[] {
    return [this.#choice(text, null)];
  }

  around(): Around {
    const [prefix = "", suffix = ""] = this.#choice("", null).data.split('"text":""');
    return { prefix: `${prefix}"text":`, suffix };
  }

  empty(): Event {
    return this.#choice("", null);
  }

  tail(): Event[] {
    const usage = { ...this.#common(), choices: [], usage: openaiUsage(this.#draft.counts) };
    return [
      this.#choice("", this.#draft.spoken.reason),
      ...(this.#include_usage ? [{ data: JSON.stringify(usage) }] : []),
      { data: "[DONE]" },
    ];
  }

  error(): Event {
    return { data: serverError(503) };
  }

  whole(): Whole {
    const { spoken: { tokens, reason }, counts, shapes } = this.#draft;
    const body = {
      ...this.#common(),
      choices: [{ index: 0, text: tokens.join(""), logprobs: null, finish_reason: reason }],
      ...(shapes.has("no_usage") ? {} : { usage: openaiUsage(counts) }),
    };
    return { body: JSON.stringify(body) };
  }

  #common() {
    const { id, created, model_id: model } = this.#draft;
    return { id, object: "text_completion", created, model, system_fingerprint: fingerprint };
  }

  #choice(text: string, finish_reason: StopReason | null): Event {
    const choices = [{ index: 0, text, logprobs: null, finish_reason }];
    return {
      data: JSON.stringify({ ...this.#common(), choices, ...(this.#include_usage ? { usage: null } : {}) }),
    };
  }
}
