/** An answer while it comes in; the part that all protocols share. */

import type { TransportFailure } from "../transport/mod.ts";
import type { Answer, AnswerError, Usage } from "./answer.ts";

/** Fields a protocol sets as it learns them. */
export class AnswerDraft {
  error: AnswerError | null = null;
  terminated = false;
  terminated_ms: number | null = null;
  usage: Usage = {
    prompt_tokens: null,
    completion_tokens: null,
    cached_prompt_tokens: null,
    cache_write_tokens: null,
    reasoning_tokens: null,
  };
  stop_reason: string | null = null;
  server_request_id: string | null = null;
  server_latency_ms: number | null = null;
  served_model: string | null = null;
  served_latency_mode: string | null = null;
  served_service_tier: string | null = null;
  text = "";
  /** Of an embedding, as the body has them. */
  embeddings: unknown = undefined;
  readonly #chunks: number[] = [];
  #firstVisible: number | null = null;
  #coalesced = 0;

  /** Notes a content-bearing chunk. Chunks of one read carry the same stamp: that is how sharing is known. */
  chunk(at_ms: number, visible: boolean): void {
    if (this.#chunks.length > 0 && this.#chunks.at(-1) === at_ms) this.#coalesced++;
    this.#chunks.push(at_ms);
    if (visible) this.#firstVisible ??= at_ms;
  }

  /** Keeps the first thing that went wrong. */
  fail(error: AnswerError): void {
    this.error ??= error;
  }

  /** The exchange ended early. A cancellation is nobody's error. */
  cut(failure: TransportFailure | null): void {
    if (failure === null) this.fail({ kind: "stream", message: "no response" });
    else if (failure.kind !== "cancelled") this.fail({ kind: failure.kind, message: failure.message });
  }

  answer(): Answer {
    const usage: Usage = {
      prompt_tokens: countIn(this.usage.prompt_tokens),
      completion_tokens: countIn(this.usage.completion_tokens),
      cached_prompt_tokens: countIn(this.usage.cached_prompt_tokens),
      cache_write_tokens: countIn(this.usage.cache_write_tokens),
      reasoning_tokens: countIn(this.usage.reasoning_tokens),
    };
    return {
      error: this.error,
      terminated: this.terminated,
      terminated_ms: this.terminated_ms,
      text: this.text,
      ...(this.embeddings === undefined ? {} : { embeddings: this.embeddings }),
      chunk_ms: this.#chunks,
      first_visible_ms: this.#firstVisible,
      coalesced_chunks: this.#coalesced,
      ...usage,
      token_source: usage.completion_tokens === null ? null : "server",
      stop_reason: textIn(this.stop_reason),
      server_request_id: textIn(this.server_request_id),
      server_latency_ms: Number.isFinite(this.server_latency_ms) ? this.server_latency_ms : null,
      served_model: textIn(this.served_model),
      served_latency_mode: textIn(this.served_latency_mode),
      served_service_tier: textIn(this.served_service_tier),
    };
  }
}

/** Servers send what they like; a column has one type. */
function textIn(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function countIn(value: unknown): number | null {
  return typeof value === "number" && Number.isInteger(value) ? value : null;
}
