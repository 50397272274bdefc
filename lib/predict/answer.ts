/** What a response said. Never an exception: what went wrong is a field, and what had come is kept. */

import type { ErrorKind } from "../core/mod.ts";

/** Counts as the server gives them; null = it said nothing. */
export interface Usage {
  readonly prompt_tokens: number | null;
  /** Reasoning included. */
  readonly completion_tokens: number | null;
  readonly cached_prompt_tokens: number | null;
  readonly cache_write_tokens: number | null;
  readonly reasoning_tokens: number | null;
}

/** Why a response is no answer. */
export interface AnswerError {
  readonly kind: ErrorKind;
  /** Redacted and clipped. */
  readonly message: string;
}

export interface Answer extends Usage {
  /** null: a whole answer. */
  readonly error: AnswerError | null;
  /** Whether the protocol's own end was seen, after which nothing can follow that matters. */
  readonly terminated: boolean;
  /** When that end came; null when it did not, or was not streamed. */
  readonly terminated_ms: number | null;
  /** The visible text; for an answer of tool calls only, the calls as JSON. */
  readonly text: string;
  /** The vectors of an embedding as the body has them: `vectorsOf` reads them. Absent: it is none. */
  readonly embeddings?: unknown;
  /** Stamps of all content-bearing chunks in order, visible or reasoning; empty when the answer was not streamed. */
  readonly chunk_ms: readonly number[];
  /** Stamp of the first visible one. */
  readonly first_visible_ms: number | null;
  /** Chunks that shared a read with an earlier chunk of this answer. */
  readonly coalesced_chunks: number;
  /** `server` when it gave the completion tokens; null: nobody has counted yet. */
  readonly token_source: "server" | null;
  readonly stop_reason: string | null;
  readonly server_request_id: string | null;
  readonly server_latency_ms: number | null;
  readonly served_model: string | null;
  readonly served_latency_mode: string | null;
  readonly served_service_tier: string | null;
}
