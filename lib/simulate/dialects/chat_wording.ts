/** The answers of OpenAI's chat completions. */

import type { Draft, Moment, StopReason, Whole, Wording } from "../dialect.ts";
import type { Event } from "../framing.ts";
import type { Around } from "../token_frames.ts";
import { serverError } from "./openai_error.ts";
import { toolCallPart, wholeToolCall } from "./tool_call.ts";

/** Says in every answer what this is. */
export const fingerprint = "fmbench-simulated";

/** Usage as OpenAI counts it; reasoning is told apart only when there is some. */
export function openaiUsage({ prompt_tokens, completion_tokens, reasoning_tokens = 0 }: Draft["counts"]) {
  return {
    prompt_tokens,
    completion_tokens,
    total_tokens: prompt_tokens + completion_tokens,
    ...(reasoning_tokens === 0 ? {} : { completion_tokens_details: { reasoning_tokens } }),
  };
}

/** The model as `/v1/models` lists it. */
export function modelCard(model_id: string, created: number) {
  return { id: model_id, object: "model", created, owned_by: fingerprint };
}

export class ChatWording implements Wording {
  readonly #draft: Draft;
  readonly #include_usage: boolean;
  readonly #start: string;
  readonly #end: string;

  /** @param include_usage whether a stream's usage is asked for; all its other events then say `"usage":null` */
  constructor(draft: Draft, include_usage: boolean) {
    const { id, model_id, created, shapes } = draft;
    this.#draft = draft;
    this.#include_usage = include_usage && !shapes.has("no_usage");
    const common = {
      id,
      object: "chat.completion.chunk",
      created,
      model: model_id,
      system_fingerprint: fingerprint,
    };
    this.#start = `${JSON.stringify(common).slice(0, -1)},"choices":[`;
    this.#end = `]${this.#include_usage ? `,"usage":null` : ""}}`;
  }

  opening(): Event[] {
    const content = this.#draft.shapes.has("role_only_first") ? {} : { content: "" };
    return [this.#choice({ role: "assistant", ...content }, null)];
  }

  token(index: number, text: string): Event[] {
    const { spoken: { reasoning, tokens }, shapes } = this.#draft;
    if (index < reasoning.length) return [this.#choice({ reasoning_content: text }, null)];
    if (!shapes.has("tool_calls")) return [this.#choice({ content: text }, null)];
    const part = toolCallPart(text, index - reasoning.length, tokens.length);
    return [this.#choice({ tool_calls: [part] }, null)];
  }

  around(): Around {
    const { data } = this.#choice({ content: "" }, null);
    const [prefix = "", suffix = ""] = data.split('"content":""');
    return { prefix: `${prefix}"content":`, suffix };
  }

  empty(index: number): Event {
    return this.#choice([{}, { content: "" }, { content: null }][index % 3] ?? {}, null);
  }

  tail(): Event[] {
    const usage = `${this.#start}],"usage":${JSON.stringify(openaiUsage(this.#draft.counts))}}`;
    return [
      this.#choice({}, this.#draft.spoken.reason),
      ...(this.#include_usage ? [{ data: usage }] : []),
      { data: "[DONE]" },
    ];
  }

  error(): Event {
    return { data: serverError(503) };
  }

  whole(_: Moment): Whole {
    const { id, created, model_id, spoken: { reasoning, tokens, reason }, counts, shapes } = this.#draft;
    const text = tokens.join("");
    const message = {
      ...{ role: "assistant", content: null, refusal: null },
      ...(reasoning.length === 0 ? {} : { reasoning_content: reasoning.join("") }),
      ...(shapes.has("tool_calls") ? { tool_calls: [wholeToolCall(text)] } : { content: text }),
    };
    const body = JSON.stringify({
      id,
      object: "chat.completion",
      created,
      model: model_id,
      choices: [{ index: 0, message, logprobs: null, finish_reason: reason }],
      ...(shapes.has("no_usage") ? {} : { usage: openaiUsage(counts) }),
      system_fingerprint: fingerprint,
    });
    return { body };
  }

  #choice(delta: Readonly<Record<string, unknown>>, finish_reason: StopReason | null): Event {
    return {
      data: this.#start + JSON.stringify({ index: 0, delta, logprobs: null, finish_reason }) + this.#end,
    };
  }
}
