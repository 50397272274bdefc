/** The bodies of OpenAI's chat completions, as far as they are read. Servers differ: every field may be missing. */

import type { Usage } from "./answer.ts";

export interface Body {
  readonly id?: string;
  readonly model?: string;
  readonly service_tier?: string | null;
  readonly choices?: readonly Choice[];
  readonly usage?: UsageBody | null;
  readonly error?: { readonly message?: string; readonly code?: unknown; readonly status?: unknown } | null;
}

export interface Choice {
  readonly index?: number;
  readonly delta?: Message;
  readonly message?: Message;
  readonly finish_reason?: string | null;
}

export interface Message {
  readonly content?: string | null;
  /** Reasoning goes under one of these two names. */
  readonly reasoning_content?: string | null;
  readonly reasoning?: string | null;
  readonly tool_calls?: readonly ToolCallPart[] | null;
}

interface ToolCallPart {
  readonly index?: number;
  readonly function?: { readonly name?: string | null; readonly arguments?: string | null } | null;
}

interface UsageBody {
  readonly prompt_tokens?: number | null;
  readonly completion_tokens?: number | null;
  readonly prompt_tokens_details?: {
    readonly cached_tokens?: number | null;
    readonly cache_write_tokens?: number | null;
  } | null;
  readonly completion_tokens_details?: { readonly reasoning_tokens?: number | null } | null;
}

export function usageOf(usage: UsageBody): Usage {
  return {
    prompt_tokens: usage.prompt_tokens ?? null,
    completion_tokens: usage.completion_tokens ?? null,
    cached_prompt_tokens: usage.prompt_tokens_details?.cached_tokens ?? null,
    cache_write_tokens: usage.prompt_tokens_details?.cache_write_tokens ?? null,
    reasoning_tokens: usage.completion_tokens_details?.reasoning_tokens ?? null,
  };
}

/** A tool call put together from its deltas. */
export interface ToolCall {
  name: string;
  arguments: string;
}

/** Adds the deltas to the calls so far. Returns whether they held anything: a name or a piece of the arguments. */
export function addToolCalls(calls: ToolCall[], parts: Message["tool_calls"]): boolean {
  let content = false;
  for (const [position, part] of (parts ?? []).entries()) {
    const name = part.function?.name ?? "";
    const text = part.function?.arguments ?? "";
    if (name === "" && text === "") continue;
    const call = calls[part.index ?? position] ??= { name: "", arguments: "" };
    call.name += name;
    call.arguments += text;
    content = true;
  }
  return content;
}
