/** OpenAI's chat completions, as any compatible server speaks them (vLLM, SGLang, llama.cpp, Ollama, TGI, ...). */

import { type ResponseHead, SseScanner, type TransportFailure, type WireRequest } from "../transport/mod.ts";
import type { Answer } from "./answer.ts";
import { AnswerDraft } from "./answer_draft.ts";
import { clipped, errorText, statusError } from "./failure.ts";
import { addToolCalls, type Body, type Choice, type ToolCall, usageOf } from "./openai_body.ts";
import type { AnswerReader, Predictor, PredictorOptions } from "./predictor.ts";

/** `http://host:port/v1` or the full address of `/chat/completions`; a query is kept. */
function completionsUrl(base: string): string {
  const url = new URL(base);
  const path = url.pathname.replace(/\/+$/, "");
  url.pathname = path.endsWith("/chat/completions") ? path : `${path}/chat/completions`;
  return url.href;
}

/** FMBench's `max_new_tokens` is this protocol's `max_tokens`; one that is already so called wins. */
function translated(parameters: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { max_new_tokens, ...rest } = parameters;
  return max_new_tokens === undefined ? rest : { max_tokens: max_new_tokens, ...rest };
}

/**
 * The predictor `openai_chat`. A prompt is one user message. Streams ask for usage (`stream_options`), unless the
 * parameters set `stream_options` themselves; `model` among the parameters replaces the endpoint's.
 */
export function openaiChat({ endpoint, stream, env = {} }: PredictorOptions): Predictor {
  const url = completionsUrl(endpoint.url);
  const key = endpoint.api_key_env === null ? undefined : env[endpoint.api_key_env];
  const secrets = key === undefined ? [] : [key];
  const headers: Record<string, string> = {
    "content-type": "application/json",
    "accept": stream ? "text/event-stream" : "application/json",
    ...(key ? { authorization: `Bearer ${key}` } : {}),
  };
  return {
    name: "openai_chat",
    request({ prompt }, parameters): WireRequest {
      const body = JSON.stringify({
        model: endpoint.model_id,
        ...(stream ? { stream_options: { include_usage: true } } : {}),
        ...translated(parameters),
        messages: [{ role: "user", content: prompt }],
        stream,
      });
      return { method: "POST", url, headers, body };
    },
    maxTokens(parameters) {
      const { max_tokens, max_completion_tokens } = translated(parameters);
      const cap = max_tokens ?? max_completion_tokens;
      return typeof cap === "number" ? cap : null;
    },
    read: () => new OpenAiChatReader(stream, secrets),
  };
}

/** Error bodies and whole answers are kept up to this many bytes. */
const longestBody = 64 << 20;

class OpenAiChatReader implements AnswerReader {
  readonly #draft = new AnswerDraft();
  readonly #asked: boolean;
  readonly #secrets: readonly string[];
  readonly #scanner = new SseScanner(({ data, at_ms }) => this.#onEvent(data, at_ms));
  readonly #calls: ToolCall[] = [];
  #head: ResponseHead | null = null;
  #streamed = false;
  readonly #parts: Uint8Array[] = [];
  #kept = 0;

  constructor(asked: boolean, secrets: readonly string[]) {
    this.#asked = asked;
    this.#secrets = secrets;
  }

  onHead(head: ResponseHead): void {
    this.#head = head;
    const type = head.headers.get("content-type") ?? "";
    const ok = head.status >= 200 && head.status < 300;
    this.#streamed = ok && (type === "" ? this.#asked : type.includes("text/event-stream"));
    const latency = Number(head.headers.get("openai-processing-ms") ?? NaN);
    if (Number.isFinite(latency)) this.#draft.server_latency_ms = latency;
    this.#draft.server_request_id = head.headers.get("x-request-id") ?? null;
  }

  onData(bytes: Uint8Array, at_ms: number): void {
    if (this.#streamed) return this.#scanner.push(bytes, at_ms);
    if (this.#kept >= longestBody) return;
    this.#parts.push(bytes.slice());
    this.#kept += bytes.length;
  }

  finish(failure: TransportFailure | null): Answer {
    const draft = this.#draft;
    if (this.#head === null) draft.cut(failure);
    else if (this.#streamed) this.#endOfStream(failure);
    else this.#whole(this.#head.status, new TextDecoder().decode(joined(this.#parts, this.#kept)), failure);
    if (draft.text === "" && this.#calls.length > 0) draft.text = JSON.stringify(this.#calls);
    return draft.answer();
  }

  #onEvent(data: string, at_ms: number): void {
    const draft = this.#draft;
    if (draft.terminated || draft.error !== null) return;
    if (data.trim() === "[DONE]") {
      draft.terminated = true;
      draft.terminated_ms = at_ms;
      return;
    }
    const body = this.#parse(data);
    if (body === null) return;
    this.#common(body);
    for (const choice of body.choices ?? []) this.#delta(choice, at_ms);
  }

  #delta(choice: Choice, at_ms: number): void {
    const delta = choice.delta ?? {};
    const text = delta.content ?? "";
    const reasoning = delta.reasoning_content ?? delta.reasoning ?? "";
    const calls = addToolCalls(this.#calls, delta.tool_calls);
    if (text !== "" || calls) this.#draft.chunk(at_ms, true);
    else if (reasoning !== "") this.#draft.chunk(at_ms, false);
    if ((choice.index ?? 0) === 0) this.#draft.text += text;
    if (choice.finish_reason) this.#draft.stop_reason = choice.finish_reason;
  }

  #endOfStream(failure: TransportFailure | null): void {
    const draft = this.#draft;
    if (draft.terminated) return;
    if (failure !== null) return draft.cut(failure);
    if (draft.stop_reason !== null) return;
    draft.fail({ kind: "stream", message: "the stream ended without [DONE] and without a finish_reason" });
  }

  /** A response that came in one piece: an answer that was not streamed, or an error. */
  #whole(status: number, text: string, failure: TransportFailure | null): void {
    const draft = this.#draft;
    if (status < 200 || status > 299) return draft.fail(statusError(status, text, this.#secrets));
    if (failure !== null) return draft.cut(failure);
    const body = this.#parse(text);
    if (body === null) return;
    this.#common(body);
    const [choice] = body.choices ?? [];
    if (choice?.message === undefined) {
      return draft.fail({ kind: "parse", message: "the answer has no choices[0].message" });
    }
    addToolCalls(this.#calls, choice.message.tool_calls);
    draft.text = choice.message.content ?? "";
    draft.stop_reason = choice.finish_reason ?? null;
    draft.terminated = true;
  }

  /** The body as an object; null after noting what is wrong with it. */
  #parse(text: string): Body | null {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      const message = clipped(`not JSON: ${JSON.stringify(text.slice(0, 200))}`, this.#secrets);
      this.#draft.fail({ kind: "parse", message });
      return null;
    }
    if (value === null || typeof value !== "object" || Array.isArray(value)) {
      this.#draft.fail({ kind: "parse", message: "not a JSON object" });
      return null;
    }
    const body = value as Body;
    if (body.error !== undefined && body.error !== null) {
      const message = clipped(errorText(body.error) ?? "error", this.#secrets);
      const status = Number(body.error.code ?? body.error.status);
      this.#draft.fail({ kind: status === 429 ? "throttled" : "stream", message });
      return null;
    }
    return body;
  }

  #common(body: Body): void {
    const draft = this.#draft;
    if (body.id) draft.server_request_id = body.id;
    if (body.model) draft.served_model = body.model;
    if (body.service_tier) draft.served_service_tier = body.service_tier;
    if (body.usage) draft.usage = usageOf(body.usage);
  }
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
