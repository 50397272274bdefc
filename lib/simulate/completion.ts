/** One answer on its way out: sends what the engine says is due, and keeps the ground truth of it. */

import type { Dialect, Draft, Reading, Wording } from "./dialect.ts";
import type { Event, Framing } from "./framing.ts";
import { chunk, head, joined, lastChunk, type Outgoing, wholeResponse } from "./outgoing.ts";
import type { Receiver } from "./scheduler.ts";
import type { SendAccount } from "./send_account.ts";
import { TokenFrames } from "./token_frames.ts";

/** What is to be sent. */
export interface CompletionPlan {
  readonly draft: Draft;
  readonly reading: Pick<Reading, "framing" | "compose">;
  readonly failed: Dialect["failed"];
  /** Whether the body may be chunked (HTTP/1.1); otherwise its end is the end of the connection. */
  readonly chunked: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

/** Called once, with the HTTP status: after the last byte was handed over, or with 499 when the client is gone. */
export type Finish = (status: number) => void;

/** The head of a streamed answer. */
export function streamHead(framing: Framing, wording: Wording, { chunked, headers }: CompletionPlan): string {
  return head(200, {
    "content-type": framing.content_type,
    "cache-control": "no-cache",
    ...(chunked ? { "transfer-encoding": "chunked" } : {}),
    ...wording.headers,
    ...headers,
  });
}

/** Events one after the other; nothing for no events, since an empty chunk would end the body. */
export function framed(events: readonly Event[], framing: Framing, chunked: boolean): Uint8Array {
  const bytes = joined(events.map((event) => framing.frame(event)));
  return chunked && bytes.length > 0 ? chunk(bytes) : bytes;
}

/** What turns a token into the bytes of its event. */
interface Frames {
  frame(token: string, index: number): Uint8Array;
}

function framesOf(wording: Wording, framing: Framing, chunked: boolean): Frames {
  const [outer, inner] = [framing.around(), wording.around()];
  if (outer === null || inner === null) {
    return { frame: (token, index) => framed(wording.token(index, token), framing, chunked) };
  }
  const prefix = outer.prefix + inner.prefix;
  return new TokenFrames({ prefix, suffix: inner.suffix + outer.suffix }, chunked);
}

/** An answer to which nothing happens. */
export class Completion implements Receiver {
  readonly #plan: CompletionPlan;
  readonly #outgoing: Outgoing;
  readonly #account: SendAccount;
  readonly #finish: Finish;
  readonly #wording: Wording;
  readonly #tokens: readonly string[];
  readonly #frames: Frames | null;
  #ended = false;

  constructor(plan: CompletionPlan, outgoing: Outgoing, account: SendAccount, finish: Finish) {
    this.#plan = plan;
    this.#outgoing = outgoing;
    this.#account = account;
    this.#finish = finish;
    this.#tokens = plan.draft.spoken.tokens;
    this.#wording = plan.reading.compose(plan.draft);
    const { framing } = plan.reading;
    this.#frames = framing === null ? null : framesOf(this.#wording, framing, plan.chunked);
  }

  admitted(): void {
    const { reading: { framing }, chunked } = this.#plan;
    if (framing === null) return;
    const start = streamHead(framing, this.#wording, this.#plan);
    this.#outgoing.send(start, framed(this.#wording.opening(), framing, chunked));
  }

  token(index: number, at: number, last: boolean): void {
    if (index === 0) this.#account.began(at);
    if (this.#frames !== null) {
      const event = this.#frames.frame(this.#tokens[index]!, index);
      this.#account.stamp(at);
      this.#outgoing.write(event);
    }
    if (!last) return;
    const { reading: { framing }, chunked } = this.#plan;
    if (framing === null) this.#whole(at);
    else {
      const tail = framed(this.#wording.tail(this.#account.moment()), framing, chunked);
      this.#outgoing.send(tail, chunked ? lastChunk : "");
    }
    this.#end(200);
  }

  /** The client is gone: nothing more is sent. Does nothing after the end. */
  cancel(): void {
    this.#end(499);
  }

  #whole(at: number): void {
    this.#account.stamp(at, this.#tokens.length);
    const { body, headers } = this.#wording.whole(this.#account.moment());
    this.#outgoing.write(wholeResponse(200, body, { ...this.#plan.headers, ...headers }));
  }

  #end(status: number): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#finish(status);
  }
}
