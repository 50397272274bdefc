/** The answers of Bedrock's Converse and ConverseStream. */

import type { Draft, Moment, StopReason, Whole, Wording } from "../dialect.ts";
import { padding } from "../event_stream.ts";
import type { Event } from "../framing.ts";
import { bedrockManner } from "./aws_manner.ts";
import type { CacheUse } from "./prompt_cache.ts";
import { argumentsPart } from "./tool_call.ts";

/** What was served of what was asked for; null: nothing was. */
export interface Served {
  readonly latency: string | null;
  readonly tier: string | null;
}

const stopReasons: Readonly<Record<StopReason, string>> = {
  stop: "end_turn",
  length: "max_tokens",
  tool_calls: "tool_use",
};

function event(type: string, data: Record<string, unknown>, text = ""): Event {
  return { type, data: JSON.stringify({ ...data, p: padding(text) }) };
}

export class ConverseWording implements Wording {
  readonly #draft: Draft;
  readonly #cache: CacheUse;
  readonly #served: Served;

  constructor(draft: Draft, cache: CacheUse, asked: Served) {
    const standard = draft.shapes.has("served_standard");
    this.#draft = draft;
    this.#cache = cache;
    this.#served = {
      latency: asked.latency !== null && standard ? "standard" : asked.latency,
      tier: asked.tier !== null && standard ? "default" : asked.tier,
    };
  }

  opening(): Event[] {
    return [event("messageStart", { role: "assistant" })];
  }

  /** Reasoning is block 0 of an answer that has some, and what is said the next; only calls announce their block. */
  token(index: number, text: string): Event[] {
    const { spoken: { reasoning, tokens }, shapes } = this.#draft;
    const delta = (contentBlockIndex: number, said: Record<string, unknown>) =>
      event("contentBlockDelta", { contentBlockIndex, delta: said }, text);
    if (index < reasoning.length) return [delta(0, { reasoningContent: { text } })];
    const position = index - reasoning.length;
    const block = this.#block();
    const before: Event[] = position === 0 && block > 0
      ? [
        delta(0, { reasoningContent: { signature: "c2ltdWxhdGVk" } }),
        event("contentBlockStop", { contentBlockIndex: 0 }),
      ]
      : [];
    if (!shapes.has("tool_calls")) return [...before, delta(block, { text })];
    if (position === 0) {
      const start = { toolUse: { toolUseId: "tooluse_1", name: "answer" } };
      before.push(event("contentBlockStart", { contentBlockIndex: block, start }));
    }
    return [...before, delta(block, { toolUse: { input: argumentsPart(text, position, tokens.length) } })];
  }

  around(): null {
    return null;
  }

  /** None before what begins a block. */
  empty(index: number): Event | null {
    const { spoken: { reasoning }, shapes } = this.#draft;
    const calls = shapes.has("tool_calls");
    const [position, block] = [index - reasoning.length, this.#block()];
    if (position === 0 && (block > 0 || calls)) return null;
    const [contentBlockIndex, delta] = position < 0
      ? [0, { reasoningContent: { text: "" } }]
      : [block, calls ? { toolUse: { input: "" } } : { text: "" }];
    return event("contentBlockDelta", { contentBlockIndex, delta });
  }

  tail({ elapsed_ms }: Moment): Event[] {
    const { spoken: { reason }, shapes } = this.#draft;
    const usage = shapes.has("no_usage") ? {} : { usage: this.#usage() };
    return [
      event("contentBlockStop", { contentBlockIndex: this.#block() }),
      event("messageStop", { stopReason: stopReasons[reason] }),
      event("metadata", { ...usage, metrics: { latencyMs: Math.round(elapsed_ms) }, ...this.#config() }),
    ];
  }

  error(exception: string | null): Event {
    return bedrockManner.broken(exception);
  }

  whole({ elapsed_ms }: Moment): Whole {
    const { spoken: { reasoning, tokens, reason }, shapes } = this.#draft;
    const text = tokens.join("");
    const thoughts = reasoning.length === 0
      ? []
      : [{ reasoningContent: { reasoningText: { text: reasoning.join(""), signature: "c2ltdWxhdGVk" } } }];
    const said = shapes.has("tool_calls")
      ? { toolUse: { toolUseId: "tooluse_1", name: "answer", input: { answer: text } } }
      : { text };
    const body = JSON.stringify({
      output: { message: { role: "assistant", content: [...thoughts, said] } },
      stopReason: stopReasons[reason],
      ...(shapes.has("no_usage") ? {} : { usage: this.#usage() }),
      metrics: { latencyMs: Math.round(elapsed_ms) },
      ...this.#config(),
    });
    return { body };
  }

  /** The index of the block that holds what is said. */
  #block(): number {
    return this.#draft.spoken.reasoning.length > 0 ? 1 : 0;
  }

  /** Tokens that were read from or written to the cache are no input tokens; the total has them all. */
  #usage() {
    const { prompt_tokens, completion_tokens } = this.#draft.counts;
    const read = Math.min(this.#cache.read, prompt_tokens);
    const written = Math.min(this.#cache.written, prompt_tokens);
    return {
      inputTokens: prompt_tokens - read - written,
      outputTokens: completion_tokens,
      totalTokens: prompt_tokens + completion_tokens,
      cacheReadInputTokens: read,
      cacheWriteInputTokens: written,
    };
  }

  #config() {
    const { latency, tier } = this.#served;
    return {
      ...(latency === null ? {} : { performanceConfig: { latency } }),
      ...(tier === null ? {} : { serviceTier: { type: tier } }),
    };
  }
}
