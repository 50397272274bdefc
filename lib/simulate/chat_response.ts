/** The responses of OpenAI's chat completions, as text. */

import type { Refusal } from "./chat_request.ts";

/** What all parts of one response share. */
export interface Identity {
  readonly id: string;
  readonly model_id: string;
  /** Unix seconds. */
  readonly created: number;
}

export type FinishReason = "stop" | "length" | "tool_calls";

/** Says in every response what this is. */
const fingerprint = "fmbench-simulated";

/** Tokens of one exchange; `reasoning_tokens` are among the completion's. */
export interface Counts {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly reasoning_tokens?: number;
}

function usage({ prompt_tokens, completion_tokens, reasoning_tokens = 0 }: Counts) {
  return {
    prompt_tokens,
    completion_tokens,
    total_tokens: prompt_tokens + completion_tokens,
    ...(reasoning_tokens === 0 ? {} : { completion_tokens_details: { reasoning_tokens } }),
  };
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
    return this.choice({ role: "assistant", content: "" }, null);
  }

  /** What stands before and after a token's JSON text in its event. */
  around(): { prefix: string; suffix: string } {
    const [prefix = "", suffix = ""] = this.choice({ content: "" }, null).split('"content":""');
    return { prefix: `${prefix}"content":`, suffix };
  }

  /** Everything after the last token: the finish reason, the usage if asked for, the terminal event. */
  tail(reason: FinishReason, counts: Counts): string[] {
    return [this.choice({}, reason), ...(this.include_usage ? [this.usage(counts)] : []), "data: [DONE]\n\n"];
  }

  usage(counts: Counts): string {
    return `${this.#start}],"usage":${JSON.stringify(usage(counts))}}\n\n`;
  }

  choice(delta: Readonly<Record<string, unknown>>, finish_reason: FinishReason | null): string {
    return this.#start + JSON.stringify({ index: 0, delta, logprobs: null, finish_reason }) + this.#end;
  }
}

/** A response in one piece. */
export function chatCompletion(
  { id, model_id, created }: Identity,
  { message, reason, counts }: {
    readonly message: Readonly<Record<string, unknown>>;
    readonly reason: FinishReason;
    /** null: it does not say. */
    readonly counts: Counts | null;
  },
): string {
  return JSON.stringify({
    id,
    object: "chat.completion",
    created,
    model: model_id,
    choices: [{
      index: 0,
      message: { role: "assistant", content: null, refusal: null, ...message },
      logprobs: null,
      finish_reason: reason,
    }],
    ...(counts === null ? {} : { usage: usage(counts) }),
    system_fingerprint: fingerprint,
  });
}

/** OpenAI's form of an error that is the request's. */
export function errorBody(refusal: Pick<Refusal, "message" | "param" | "code">): string {
  const { message, param, code } = refusal;
  return JSON.stringify({ error: { message, type: "invalid_request_error", param, code } });
}

const serverErrors: Readonly<Record<number, readonly [string, string]>> = {
  429: ["Too many requests: this is a simulated limit.", "rate_limit_error"],
  500: ["The server had a simulated error.", "server_error"],
  503: ["The server is overloaded, by simulation.", "server_error"],
};

/** OpenAI's form of an error that is the server's: 429, 500 or 503. */
export function serverError(code: 429 | 500 | 503): string {
  const [message, type] = serverErrors[code]!;
  return JSON.stringify({ error: { message, type, param: null, code } });
}

/** One model, as `/v1/models` lists it. */
export function modelCard(model_id: string, created: number) {
  return { id: model_id, object: "model", created, owned_by: fingerprint };
}
