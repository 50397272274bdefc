/** One answer on its way out: sends what the engine says is due, and keeps the ground truth of it. */

import { chatCompletion, ChatStream, type FinishReason, type Identity } from "./chat_response.ts";
import { chunk, head, lastChunk, type Outgoing } from "./outgoing.ts";
import type { Receiver } from "./scheduler.ts";
import { now } from "./time.ts";
import type { Truth } from "./truth_log.ts";

/** What is to be sent. */
export interface CompletionPlan {
  readonly identity: Identity;
  /** At least one. */
  readonly tokens: readonly string[];
  readonly reason: FinishReason;
  readonly prompt_tokens: number;
  /** null: the answer goes out in one piece. */
  readonly stream: { readonly include_usage: boolean } | null;
  /** Whether the body may be chunked (HTTP/1.1); otherwise its end is the end of the connection. */
  readonly chunked: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly n: number;
  readonly received_ms: number;
}

export class Completion implements Receiver {
  readonly #plan: CompletionPlan;
  readonly #outgoing: Outgoing;
  readonly #stream: ChatStream | null;
  readonly #finish: (truth: Truth) => void;
  #firstSend: number | null = null;
  #lastSend: number | null = null;
  #latest: number | null = null;
  #sent = 0;
  #ended = false;

  /** @param finish called once: after the last byte was handed over, or when the client is gone */
  constructor(plan: CompletionPlan, outgoing: Outgoing, finish: (truth: Truth) => void) {
    this.#plan = plan;
    this.#outgoing = outgoing;
    this.#finish = finish;
    this.#stream = plan.stream === null ? null : new ChatStream(plan.identity, plan.stream.include_usage);
  }

  admitted(): void {
    if (this.#stream === null) return;
    const { headers, chunked } = this.#plan;
    const framing: Record<string, string> = chunked ? { "transfer-encoding": "chunked" } : {};
    const start = head(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache",
      ...framing,
      ...headers,
    });
    this.#outgoing.send(start, this.#framed(this.#stream.role()));
  }

  token(index: number, at: number, last: boolean): void {
    const { tokens, reason, prompt_tokens } = this.#plan;
    if (this.#stream !== null) {
      const event = this.#framed(this.#stream.content(tokens[index]!));
      this.#stamp(at);
      this.#outgoing.send(event);
    }
    this.#sent = index + 1;
    if (!last) return;
    if (this.#stream === null) {
      this.#whole(at);
    } else {
      const tail = this.#framed(this.#stream.tail(reason, prompt_tokens, tokens.length));
      this.#outgoing.send(tail, this.#plan.chunked ? lastChunk : "");
    }
    this.#end(200);
  }

  /** The client is gone: nothing more is sent. Does nothing after the end. */
  cancel(): void {
    this.#end(499);
  }

  #whole(at: number): void {
    const { identity, tokens, reason, prompt_tokens, headers } = this.#plan;
    const completion_tokens = tokens.length;
    const body = chatCompletion(identity, {
      text: tokens.join(""),
      reason,
      prompt_tokens,
      completion_tokens,
    });
    this.#stamp(at);
    this.#outgoing.send(jsonResponse(200, body, headers));
  }

  #framed(events: string): string | Uint8Array {
    return this.#plan.chunked ? chunk(events) : events;
  }

  #stamp(due: number): void {
    const at = now();
    this.#firstSend ??= at;
    this.#lastSend = at;
    this.#latest = Math.max(this.#latest ?? 0, at - due);
  }

  #end(status: number): void {
    if (this.#ended) return;
    this.#ended = true;
    const { n, received_ms, prompt_tokens, identity } = this.#plan;
    this.#finish({
      n,
      received_ms,
      first_send_ms: this.#firstSend,
      last_send_ms: this.#lastSend,
      done_ms: now(),
      deadline_error_ms_max: this.#latest,
      ttft_ms: this.#stream === null || this.#firstSend === null ? null : this.#firstSend - received_ms,
      prompt_tokens,
      completion_tokens: this.#sent,
      status,
      request_id: identity.id,
    });
  }
}

/** A whole response with a JSON body. */
export function jsonResponse(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>>,
): string {
  const length = String(new TextEncoder().encode(body).length);
  return head(status, { "content-type": "application/json", "content-length": length, ...headers }) + body;
}
