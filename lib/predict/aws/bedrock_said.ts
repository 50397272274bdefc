/** What Converse's events and answers say. Nova's own format (InvokeModel) has the same members. */

import type { Usage } from "../answer.ts";
import type { AnswerDraft } from "../answer_draft.ts";
import type { ToolCall } from "../openai/openai_body.ts";

interface ToolUse {
  readonly name?: string;
  readonly input?: unknown;
}

interface Block {
  readonly text?: string;
  readonly toolUse?: ToolUse;
  /** In a stream a text stands in it, in a whole answer under `reasoningText`. */
  readonly reasoningContent?: { readonly text?: string; readonly redactedContent?: string };
  readonly image?: unknown;
}

/** Tokens of one call. Those of the cache are not part of `inputTokens`. */
export interface ConverseUsage {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly cacheReadInputTokens?: number;
  readonly cacheWriteInputTokens?: number;
  /** Other spellings of the last two. */
  readonly cacheReadInputTokenCount?: number;
  readonly cacheWriteInputTokenCount?: number;
}

/** The members of all events; of a whole answer too, where they have the same names. */
export interface ConverseSaid {
  readonly start?: { readonly toolUse?: ToolUse };
  readonly contentBlockIndex?: number;
  readonly delta?: Block;
  readonly output?: { readonly message?: { readonly content?: readonly Block[] } };
  readonly stopReason?: string;
  readonly usage?: ConverseUsage;
  readonly metrics?: { readonly latencyMs?: number };
  readonly performanceConfig?: { readonly latency?: string };
  readonly serviceTier?: { readonly type?: string };
}

/** A count as services give it, or leave it out. */
type Count = number | null | undefined;

/** The whole prompt's tokens: what was read from and written to the cache included, as records and prices have it. */
export function usageOfParts(input: Count, output: Count, read: Count, written: Count): Usage {
  return {
    prompt_tokens: typeof input === "number" ? input + Number(read ?? 0) + Number(written ?? 0) : null,
    completion_tokens: output ?? null,
    cached_prompt_tokens: read ?? null,
    cache_write_tokens: written ?? null,
    reasoning_tokens: null,
  };
}

/** Reads Converse's members into a draft. */
export class ConverseListener {
  readonly #draft: AnswerDraft;
  /** By the index of their content block. */
  readonly #calls = new Map<number, ToolCall>();

  constructor(draft: AnswerDraft) {
    this.#draft = draft;
  }

  /** An event of a stream. Signatures of reasoning, citations and empty deltas are no content. */
  event(type: string, said: ConverseSaid, at_ms: number): void {
    const draft = this.#draft;
    const { contentBlockIndex = 0, start, delta } = said;
    if (type === "contentBlockStart" && start?.toolUse) {
      this.#calls.set(contentBlockIndex, { name: start.toolUse.name ?? "", arguments: "" });
      draft.chunk(at_ms, true);
    } else if (type === "contentBlockDelta" && delta) this.#delta(delta, contentBlockIndex, at_ms);
    else if (type === "messageStop") draft.stop_reason = said.stopReason ?? null;
    else if (type === "metadata") this.#metadata(said);
  }

  /** A whole answer. Returns whether it has a message. */
  whole(said: ConverseSaid): boolean {
    const content = said.output?.message?.content;
    if (!Array.isArray(content)) return false;
    for (const [index, block] of (content as readonly (Block | null)[]).entries()) {
      this.#draft.text += block?.text ?? "";
      const call = block?.toolUse;
      if (call) {
        this.#calls.set(index, { name: call.name ?? "", arguments: JSON.stringify(call.input ?? {}) });
      }
    }
    this.#draft.stop_reason = said.stopReason ?? null;
    this.#metadata(said);
    return true;
  }

  /** An answer of nothing but tool calls has them for its text. */
  settle(): void {
    if (this.#draft.text === "" && this.#calls.size > 0) {
      this.#draft.text = JSON.stringify([...this.#calls.values()]);
    }
  }

  #delta({ text, toolUse, reasoningContent, image }: Block, index: number, at_ms: number): void {
    const draft = this.#draft;
    if (text) {
      draft.text += text;
      draft.chunk(at_ms, true);
    } else if (typeof toolUse?.input === "string" && toolUse.input !== "") {
      const call = this.#calls.getOrInsert(index, { name: "", arguments: "" });
      call.arguments += toolUse.input;
      draft.chunk(at_ms, true);
    } else if (reasoningContent?.text || reasoningContent?.redactedContent) draft.chunk(at_ms, false);
    else if (image) draft.chunk(at_ms, true);
  }

  #metadata({ usage, metrics, performanceConfig, serviceTier }: ConverseSaid): void {
    const draft = this.#draft;
    if (usage) {
      draft.usage = usageOfParts(
        usage.inputTokens,
        usage.outputTokens,
        usage.cacheReadInputTokens ?? usage.cacheReadInputTokenCount,
        usage.cacheWriteInputTokens ?? usage.cacheWriteInputTokenCount,
      );
    }
    draft.server_latency_ms = metrics?.latencyMs ?? draft.server_latency_ms;
    draft.served_latency_mode = performanceConfig?.latency ?? draft.served_latency_mode;
    draft.served_service_tier = serviceTier?.type ?? draft.served_service_tier;
  }
}
