/** The bodies of OpenAI's chat completions and completions, as far as they are read. Every field may be missing. */

import type { Usage } from "../answer.ts";
import { llamaLatency, type LlamaTimings, vllmLatency, type VllmMetrics } from "../server_timings.ts";

export interface Body {
  readonly id?: string;
  readonly model?: string;
  readonly service_tier?: string | null;
  readonly choices?: readonly Choice[] | null;
  readonly usage?: UsageBody | null;
  readonly timings?: LlamaTimings | null;
  readonly metrics?: VllmMetrics | null;
}

export interface Choice {
  readonly index?: number;
  /** Chat, streamed. */
  readonly delta?: Message | null;
  /** Chat, in one piece. */
  readonly message?: Message;
  /** Completions. */
  readonly text?: string | null;
  readonly finish_reason?: string | null;
}

export interface Message {
  readonly content?: string | readonly ContentPart[] | null;
  readonly refusal?: string | null;
  /** Reasoning goes under one of these two names. */
  readonly reasoning_content?: string | null;
  readonly reasoning?: string | null;
  readonly tool_calls?: readonly ToolCallPart[] | null;
}

interface ContentPart {
  readonly type?: string;
  readonly text?: string;
}

interface ToolCallPart {
  readonly index?: number;
  readonly function?: { readonly name?: string | null; readonly arguments?: unknown } | null;
}

export interface UsageBody {
  readonly prompt_tokens?: number | null;
  readonly completion_tokens?: number | null;
  readonly prompt_tokens_details?: {
    readonly cached_tokens?: number | null;
    readonly cache_write_tokens?: number | null;
  } | null;
  readonly completion_tokens_details?: { readonly reasoning_tokens?: number | null } | null;
  /** SGLang's place for it. */
  readonly reasoning_tokens?: number | null;
}

export function usageOf(usage: UsageBody, timings: LlamaTimings | null = null): Usage {
  const { prompt_tokens_details, completion_tokens_details } = usage;
  return {
    prompt_tokens: usage.prompt_tokens ?? null,
    completion_tokens: usage.completion_tokens ?? null,
    cached_prompt_tokens: prompt_tokens_details?.cached_tokens ?? timings?.cache_n ?? null,
    cache_write_tokens: prompt_tokens_details?.cache_write_tokens ?? null,
    reasoning_tokens: completion_tokens_details?.reasoning_tokens ?? usage.reasoning_tokens ?? null,
  };
}

/** How long the server says that it took for all of it; null when it says no such thing. */
export function latencyOf({ timings, metrics }: Body): number | null {
  if (timings) return llamaLatency(timings);
  return metrics ? vllmLatency(metrics) : null;
}

/** The visible text of a message or of a piece of one. */
export function textOf({ content, refusal }: Message): string {
  const text = typeof content === "string"
    ? content
    : (content ?? []).map((part) => part.text ?? "").join("");
  return text + (refusal ?? "");
}

/** A tool call put together from its deltas. */
export interface ToolCall {
  name: string;
  /** As JSON. */
  arguments: string;
}

/** Adds the deltas to the calls so far. Returns whether they held anything: a name or a piece of the arguments. */
export function addToolCalls(calls: ToolCall[], parts: Message["tool_calls"]): boolean {
  let content = false;
  for (const [position, part] of (parts ?? []).entries()) {
    const name = part.function?.name ?? "";
    const given = part.function?.arguments ?? "";
    const text = typeof given === "string" ? given : JSON.stringify(given);
    if (name === "" && text === "") continue;
    const call = calls[part.index ?? position] ??= { name: "", arguments: "" };
    call.name += name;
    call.arguments += text;
    content = true;
  }
  return content;
}
