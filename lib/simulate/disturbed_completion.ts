/** An answer to which something happens on its way out. */

import { type CompletionPlan, type Finish, framed, streamHead } from "./completion.ts";
import type { Spoken, Wording } from "./dialect.ts";
import { DisturbedEvents, padded, struckInOnePiece } from "./disturbed_events.ts";
import type { Disturbance } from "./fault_draw.ts";
import type { FaultSettings } from "./fault_options.ts";
import type { Framing } from "./framing.ts";
import { toBytes } from "./invalid_byte.ts";
import { chunk, joined, lastChunk, type Outgoing, wholeResponse } from "./outgoing.ts";
import type { Receiver } from "./scheduler.ts";
import type { SendAccount } from "./send_account.ts";

const encoder = new TextEncoder();

/** However little drips at a time, one write takes no more than so many drips. */
const mostDrips = 64;

/** Failures that break a stream off before its end. */
export const cutting: ReadonlySet<string | null> = new Set([
  "truncated",
  "closed_mid_stream",
  "reset_mid_stream",
  "error_mid_stream",
]);

/** How many tokens go out before the answer breaks off or stands still: at least 1, and fewer than there are. */
export function tokensBefore(place: number, length: number): number {
  return Math.max(1, Math.min(length - 1, 1 + Math.floor(place * (length - 1))));
}

/** How many tokens of a stream the engine has to work off: at least one, since even embeddings take a step. */
export function lengthOf({ reasoning, tokens }: Spoken, { failure, place }: Disturbance): number {
  const length = reasoning.length + tokens.length;
  return Math.max(1, cutting.has(failure) ? tokensBefore(place, length) : length);
}

export class DisturbedCompletion implements Receiver {
  readonly #plan: CompletionPlan;
  readonly #wording: Wording;
  /** null: the answer goes out in one piece. */
  readonly #stream: { readonly framing: Framing; readonly events: DisturbedEvents } | null;
  readonly #disturbance: Disturbance;
  readonly #settings: FaultSettings;
  readonly #outgoing: Outgoing;
  readonly #account: SendAccount;
  readonly #finish: Finish;
  readonly #stallAt: number;
  /** Token events that wait for more to share their write with. */
  #held: Uint8Array[] = [];
  #heldDue: number[] = [];
  #ended = false;

  constructor(
    plan: CompletionPlan,
    { disturbance, settings }: { disturbance: Disturbance; settings: FaultSettings },
    outgoing: Outgoing,
    account: SendAccount,
    finish: Finish,
  ) {
    this.#plan = plan;
    const { draft, reading: { framing } } = plan;
    this.#wording = plan.reading.compose(framing === null ? struckInOnePiece(draft) : draft);
    this.#stream = framing === null ? null : {
      framing,
      events: new DisturbedEvents(draft, { wording: this.#wording, framing }, disturbance, settings),
    };
    this.#disturbance = disturbance;
    this.#settings = settings;
    this.#outgoing = outgoing;
    this.#account = account;
    this.#finish = finish;
    this.#stallAt = disturbance.failure === "stall"
      ? tokensBefore(disturbance.place, draft.counts.completion_tokens)
      : -1;
  }

  admitted(): void {
    if (this.#stream === null) return;
    const { framing } = this.#stream;
    const start = streamHead(framing, this.#wording, this.#plan);
    this.#outgoing.send(start, framed(this.#wording.opening(), framing, this.#plan.chunked));
  }

  token(index: number, at: number, last: boolean): void {
    if (index === 0) this.#account.began(at);
    if (this.#stream === null) {
      if (last) this.#whole(at);
      return;
    }
    const { shapes } = this.#disturbance;
    if (index === this.#stallAt) this.#stall();
    const event = this.#stream.events.token(index);
    this.#held.push(this.#plan.chunked ? chunk(event) : event);
    this.#heldDue.push(at);
    const enough = shapes.has("merged_events") ? this.#settings.merge_events : 1;
    if (last || this.#held.length >= enough) this.#release();
    if (!last) return;
    if (index + 1 === this.#stallAt) this.#stall();
    this.#close(this.#stream.framing);
  }

  /** The client is gone: nothing more is sent. Does nothing after the end. */
  cancel(): void {
    this.#outgoing.abandon();
    this.#end(499);
  }

  #stall(): void {
    this.#release();
    this.#outgoing.pause(this.#settings.stall_s * 1000);
  }

  /** Sends the events that were held, as one write or as many pieces of it. */
  #release(): void {
    if (this.#held.length === 0) return;
    const dues = this.#heldDue;
    this.#pieces(joined(this.#held), () => {
      for (const due of dues) this.#account.stamp(due);
    });
    this.#held = [];
    this.#heldDue = [];
  }

  /** Writes bytes in pieces if that is the shape; `atLast` is called just before the last one. */
  #pieces(bytes: Uint8Array, atLast: () => void): void {
    const { shapes } = this.#disturbance;
    const { drip_bytes, drip_every_ms, split_pieces, split_every_ms } = this.#settings;
    const drips = shapes.has("slow_drip");
    const size = drips
      ? Math.max(drip_bytes, Math.ceil(bytes.length / mostDrips))
      : Math.ceil(bytes.length / (shapes.has("split_events") ? split_pieces : 1));
    for (let at = 0; at < bytes.length; at += size) {
      if (at > 0) this.#outgoing.pause(drips ? drip_every_ms : split_every_ms);
      if (at + size >= bytes.length) this.#outgoing.mark(atLast);
      this.#outgoing.write(bytes.subarray(at, at + size));
    }
  }

  /** What follows the last token that is sent. */
  #close(framing: Framing): void {
    const { failure, shapes } = this.#disturbance;
    const { chunked } = this.#plan;
    const whole = chunked ? lastChunk : "";
    switch (failure) {
      case "truncated":
        this.#outgoing.send(whole);
        return this.#outgoing.mark(() => this.#end(200));
      case "error_mid_stream": {
        const error = this.#wording.error(this.#settings.exception);
        this.#outgoing.write(framed([error], framing, chunked));
        if (error.exception !== true) return this.#cut("close", 200);
        // AWS ends a response with its exception, and keeps the connection.
        this.#outgoing.send(whole);
        return this.#outgoing.mark(() => this.#end(200));
      }
      case "closed_mid_stream":
        return this.#cut("close", 200);
      case "reset_mid_stream":
        return this.#cut("reset", 200);
    }
    const tail = this.#wording.tail(this.#account.moment());
    if (shapes.has("usage_tail")) {
      for (const event of tail) {
        this.#outgoing.pause(this.#settings.split_every_ms);
        this.#outgoing.write(framed([event], framing, chunked));
      }
      this.#outgoing.send(whole);
    } else {
      this.#pieces(joined([framed(tail, framing, chunked), encoder.encode(whole)]), () => {});
    }
    this.#outgoing.mark(() => this.#end(200));
  }

  #cut(how: "close" | "reset", status: number): void {
    this.#outgoing.mark(() => this.#end(status));
    this.#outgoing.end(how);
  }

  /** An answer in one piece: what would break a stream off breaks off its body in the middle. */
  #whole(at: number): void {
    const { draft, failed, headers } = this.#plan;
    const { failure, shapes } = this.#disturbance;
    const stamp = () => this.#account.stamp(at, draft.counts.completion_tokens);
    if (failure === "error_mid_stream") {
      const error = failed(503, this.#settings.exception);
      this.#outgoing.write(wholeResponse(error.status, error.body, { ...headers, ...error.headers }));
      return this.#outgoing.mark(() => this.#end(error.status));
    }
    const said = this.#wording.whole(this.#account.moment());
    const text = typeof said.body === "string" && shapes.has("oversized_line")
      ? padded(said.body, this.#settings.oversized_bytes)
      : said.body;
    const body = typeof text === "string" ? toBytes(text) : text;
    const half = body.subarray(0, body.length >> 1);
    const response = wholeResponse(200, failure === "malformed_json" ? half : body, {
      ...headers,
      ...said.headers,
    });
    const upToHalf = response.length - body.length + half.length;
    if (cutting.has(failure)) {
      this.#pieces(response.subarray(0, upToHalf), () => {});
      return this.#cut(failure === "reset_mid_stream" ? "reset" : "close", 200);
    }
    if (failure === "stall") {
      this.#pieces(response.subarray(0, upToHalf), () => {});
      this.#outgoing.pause(this.#settings.stall_s * 1000);
      this.#pieces(response.subarray(upToHalf), stamp);
    } else this.#pieces(response, stamp);
    this.#outgoing.mark(() => this.#end(200));
  }

  #end(status: number): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#finish(status);
  }
}
