/** The responses of OpenAI's chat completions, as text. */

import type { Refusal } from "./chat_request.ts";

/** What all parts of one response share. */
export interface Identity {
  readonly id: string;
  readonly model_id: string;
  /** Unix seconds. */
  readonly created: number;
}

export type FinishReason = "stop" | "length";

/** Says in every response what this is. */
const fingerprint = "fmbench-simulated";

function usage(prompt_tokens: number, completion_tokens: number) {
  return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
}

/** The events of a streamed response, each ready to be sent. */
export class ChatStream {
  readonly #start: string;
  readonly #end: string;

  /** @param include_usage whether the usage event is asked for; all others then say `"usage":null` */
  constructor({ id, model_id, created }: Identity, readonly include_usage: boolean) {
    const common = {
      id,
      object: "chat.completion.chunk",
      created,
      model: model_id,
      system_fingerprint: fingerprint,
    };
    this.#start = `data: ${JSON.stringify(common).slice(0, -1)},"choices":[`;
    this.#end = `]${include_usage ? `,"usage":null` : ""}}\n\n`;
  }

  role(): string {
    return this.#choice({ role: "assistant", content: "" }, null);
  }

  content(token: string): string {
    return this.#choice({ content: token }, null);
  }

  /** Everything after the last token: the finish reason, the usage if asked for, the terminal event. */
  tail(reason: FinishReason, prompt_tokens: number, completion_tokens: number): string {
    const counts = JSON.stringify(usage(prompt_tokens, completion_tokens));
    const usageEvent = this.include_usage ? `${this.#start}],"usage":${counts}}\n\n` : "";
    return `${this.#choice({}, reason)}${usageEvent}data: [DONE]\n\n`;
  }

  #choice(delta: Record<string, string>, finish_reason: FinishReason | null): string {
    return this.#start + JSON.stringify({ index: 0, delta, logprobs: null, finish_reason }) + this.#end;
  }
}

/** A response in one piece. */
export function chatCompletion(
  { id, model_id, created }: Identity,
  answer: { text: string; reason: FinishReason; prompt_tokens: number; completion_tokens: number },
): string {
  return JSON.stringify({
    id,
    object: "chat.completion",
    created,
    model: model_id,
    choices: [{
      index: 0,
      message: { role: "assistant", content: answer.text, refusal: null },
      logprobs: null,
      finish_reason: answer.reason,
    }],
    usage: usage(answer.prompt_tokens, answer.completion_tokens),
    system_fingerprint: fingerprint,
  });
}

/** OpenAI's form of an error. */
export function errorBody(refusal: Pick<Refusal, "message" | "param" | "code">): string {
  const { message, param, code } = refusal;
  return JSON.stringify({ error: { message, type: "invalid_request_error", param, code } });
}

/** One model, as `/v1/models` lists it. */
export function modelCard(model_id: string, created: number) {
  return { id: model_id, object: "model", created, owned_by: fingerprint };
}
