/** An answer to which something happens on its way out. */

import { chatCompletion, serverError } from "./chat_response.ts";
import { type CompletionPlan, type Finish, type Spoken, streamHead } from "./completion.ts";
import { DisturbedEvents, toBytes } from "./disturbed_events.ts";
import type { Disturbance } from "./fault_draw.ts";
import type { FaultSettings } from "./fault_options.ts";
import { chunk, joined, jsonResponse, lastChunk, type Outgoing } from "./outgoing.ts";
import type { Receiver } from "./scheduler.ts";
import type { SendAccount } from "./send_account.ts";

const encoder = new TextEncoder();

/** However little drips at a time, one write takes no more than so many drips. */
const mostDrips = 64;

const cutting = new Set<string | null>([
  "truncated",
  "closed_mid_stream",
  "reset_mid_stream",
  "error_mid_stream",
]);

/** How many tokens go out before the answer breaks off or stands still: at least 1, and fewer than there are. */
export function tokensBefore(place: number, length: number): number {
  return Math.max(1, Math.min(length - 1, 1 + Math.floor(place * (length - 1))));
}

/** How many tokens of a stream the engine has to work off. */
export function lengthOf({ reasoning, tokens }: Spoken, { failure, place }: Disturbance): number {
  const length = reasoning.length + tokens.length;
  return cutting.has(failure) ? tokensBefore(place, length) : length;
}

export class DisturbedCompletion implements Receiver {
  readonly #plan: CompletionPlan;
  readonly #events: DisturbedEvents;
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
    this.#events = new DisturbedEvents(plan, disturbance, settings);
    this.#disturbance = disturbance;
    this.#settings = settings;
    this.#outgoing = outgoing;
    this.#account = account;
    this.#finish = finish;
    this.#stallAt = disturbance.failure === "stall"
      ? tokensBefore(disturbance.place, this.#events.counts.completion_tokens)
      : -1;
  }

  admitted(): void {
    if (this.#plan.stream === null) return;
    this.#outgoing.send(streamHead(this.#plan), this.#framed(this.#events.opening()));
  }

  token(index: number, at: number, last: boolean): void {
    if (this.#plan.stream === null) {
      if (last) this.#whole(at);
      return;
    }
    const { shapes } = this.#disturbance;
    if (index === this.#stallAt) this.#stall();
    this.#held.push(this.#framed(this.#events.token(index)));
    this.#heldDue.push(at);
    const enough = shapes.has("merged_events") ? this.#settings.merge_events : 1;
    if (last || this.#held.length >= enough) this.#release();
    if (!last) return;
    if (index + 1 === this.#stallAt) this.#stall();
    this.#close();
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
  #close(): void {
    const { failure, shapes } = this.#disturbance;
    const whole = this.#plan.chunked ? lastChunk : "";
    switch (failure) {
      case "truncated":
        this.#outgoing.send(whole);
        return this.#outgoing.mark(() => this.#end(200));
      case "error_mid_stream":
        this.#outgoing.write(this.#framed(`data: ${serverError(503)}\n\n`));
        return this.#cut("close", 200);
      case "closed_mid_stream":
        return this.#cut("close", 200);
      case "reset_mid_stream":
        return this.#cut("reset", 200);
    }
    const tail = this.#events.tail();
    if (shapes.has("usage_tail")) {
      for (const event of tail) {
        this.#outgoing.pause(this.#settings.split_every_ms);
        this.#outgoing.write(this.#framed(event));
      }
      this.#outgoing.send(whole);
    } else {
      this.#pieces(joined([this.#framed(tail.join("")), encoder.encode(whole)]), () => {});
    }
    this.#outgoing.mark(() => this.#end(200));
  }

  #cut(how: "close" | "reset", status: number): void {
    this.#outgoing.mark(() => this.#end(status));
    this.#outgoing.end(how);
  }

  /** An answer in one piece: what would break a stream off breaks off its body in the middle. */
  #whole(at: number): void {
    const { identity, spoken, headers } = this.#plan;
    const { failure, shapes } = this.#disturbance;
    if (failure === "error_mid_stream") {
      this.#outgoing.write(jsonResponse(503, serverError(503), headers));
      return this.#outgoing.mark(() => this.#end(503));
    }
    const message = this.#events.message();
    const counts = shapes.has("no_usage") ? null : this.#events.counts;
    const body = toBytes(chatCompletion(identity, { message, reason: spoken.reason, counts }));
    const half = body.subarray(0, body.length >> 1);
    const response = jsonResponse(200, failure === "malformed_json" ? half : body, headers);
    const upToHalf = response.length - body.length + half.length;
    const stamp = () => this.#account.stamp(at, this.#events.counts.completion_tokens);
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

  #framed(events: string | Uint8Array): Uint8Array {
    if (this.#plan.chunked) return chunk(events);
    return typeof events === "string" ? encoder.encode(events) : events;
  }

  #end(status: number): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#finish(status);
  }
}
