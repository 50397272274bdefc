/** One answer on its way out: sends what the engine says is due, and keeps the ground truth of it. */

import { chatCompletion, ChatStream, type FinishReason, type Identity } from "./chat_response.ts";
import { chunk, head, jsonResponse, lastChunk, type Outgoing } from "./outgoing.ts";
import type { Receiver } from "./scheduler.ts";
import type { SendAccount } from "./send_account.ts";
import { TokenFrames } from "./token_frames.ts";

/** Pieces of an answer, first those of the reasoning. */
export interface Spoken {
  readonly reasoning: readonly string[];
  /** At least one. */
  readonly tokens: readonly string[];
  readonly reason: FinishReason;
}

/** What is to be sent. */
export interface CompletionPlan {
  readonly identity: Identity;
  readonly spoken: Spoken;
  readonly prompt_tokens: number;
  /** null: the answer goes out in one piece. */
  readonly stream: { readonly include_usage: boolean } | null;
  /** Whether the body may be chunked (HTTP/1.1); otherwise its end is the end of the connection. */
  readonly chunked: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

/** Called once, with the HTTP status: after the last byte was handed over, or with 499 when the client is gone. */
export type Finish = (status: number) => void;

/** The head of a streamed answer. */
export function streamHead({ chunked, headers }: CompletionPlan): string {
  return head(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
    ...(chunked ? { "transfer-encoding": "chunked" } : {}),
    ...headers,
  });
}

/** An answer to which nothing happens. */
export class Completion implements Receiver {
  readonly #plan: CompletionPlan;
  readonly #outgoing: Outgoing;
  readonly #account: SendAccount;
  readonly #finish: Finish;
  readonly #stream: ChatStream | null;
  readonly #frames: TokenFrames | null;
  #ended = false;

  constructor(plan: CompletionPlan, outgoing: Outgoing, account: SendAccount, finish: Finish) {
    this.#plan = plan;
    this.#outgoing = outgoing;
    this.#account = account;
    this.#finish = finish;
    this.#stream = plan.stream === null ? null : new ChatStream(plan.identity, plan.stream.include_usage);
    this.#frames = this.#stream === null ? null : new TokenFrames(this.#stream.around(), plan.chunked);
  }

  admitted(): void {
    if (this.#stream !== null) {
      this.#outgoing.send(streamHead(this.#plan), this.#framed(this.#stream.role()));
    }
  }

  token(index: number, at: number, last: boolean): void {
    if (this.#frames !== null) {
      const event = this.#frames.frame(this.#plan.spoken.tokens[index]!);
      this.#account.stamp(at);
      this.#outgoing.write(event);
    }
    if (!last) return;
    const { spoken: { tokens, reason }, prompt_tokens, chunked } = this.#plan;
    const counts = { prompt_tokens, completion_tokens: tokens.length };
    if (this.#stream === null) {
      const message = { content: tokens.join("") };
      const body = chatCompletion(this.#plan.identity, { message, reason, counts });
      this.#account.stamp(at, tokens.length);
      this.#outgoing.write(jsonResponse(200, body, this.#plan.headers));
    } else {
      const tail = this.#stream.tail(reason, counts).join("");
      this.#outgoing.send(this.#framed(tail), chunked ? lastChunk : "");
    }
    this.#end(200);
  }

  /** The client is gone: nothing more is sent. Does nothing after the end. */
  cancel(): void {
    this.#end(499);
  }

  #framed(events: string): string | Uint8Array {
    return this.#plan.chunked ? chunk(events) : events;
  }

  #end(status: number): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#finish(status);
  }
}
