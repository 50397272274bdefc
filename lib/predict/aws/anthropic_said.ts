/** What Anthropic's messages API says, in events and in whole answers. */

import { breakKind } from "./aws_failure.ts";
import { usageOfParts } from "./bedrock_said.ts";
import type { AnswerDraft } from "../answer_draft.ts";
import { clipped } from "../failure.ts";
import type { ToolCall } from "../openai/openai_body.ts";

interface Block {
  readonly type?: string;
  readonly text?: string;
  readonly name?: string;
  readonly input?: unknown;
  readonly thinking?: string;
  readonly partial_json?: string;
  readonly stop_reason?: string | null;
}

/** What an event leaves out, or gives as null, an earlier one has said. */
interface Usage {
  readonly input_tokens?: number | null;
  readonly output_tokens?: number | null;
  readonly cache_read_input_tokens?: number | null;
  readonly cache_creation_input_tokens?: number | null;
}

interface Message {
  readonly model?: string;
  readonly content?: readonly (Block | null)[];
  readonly stop_reason?: string | null;
  readonly usage?: Usage | null;
}

/** Members of the events; a whole answer is a message. */
export interface AnthropicSaid extends Message {
  readonly type?: string;
  readonly index?: number;
  readonly message?: Message;
  readonly content_block?: Block | null;
  readonly delta?: Block | null;
  readonly error?: { readonly type?: string; readonly message?: string } | null;
}

/** Reads events and messages into a draft. */
export class AnthropicListener {
  readonly #draft: AnswerDraft;
  readonly #secrets: readonly string[];
  /** By the index of their content block. */
  readonly #calls = new Map<number, ToolCall>();
  /** Counts come in parts: those of the prompt first, those of the answer growing. */
  #usage: Usage = {};

  constructor(draft: AnswerDraft, secrets: readonly string[]) {
    this.#draft = draft;
    this.#secrets = secrets;
  }

  /** Pings and signatures are no content. */
  event(said: AnthropicSaid, at_ms: number): void {
    const { type, index = 0, content_block, delta } = said;
    if (type === "message_start") this.#about(said.message ?? {});
    else if (type === "content_block_start" && content_block) this.#block(content_block, index, at_ms);
    else if (type === "content_block_delta" && delta) this.#block(delta, index, at_ms);
    else if (type === "message_delta") {
      this.#about({ usage: said.usage ?? null, stop_reason: delta?.stop_reason ?? null });
    } else if (type === "error") {
      const name = said.error?.type ?? "error";
      const message = clipped(`${name}: ${said.error?.message ?? ""}`, this.#secrets);
      this.#draft.fail({ kind: breakKind(name), message });
    }
  }

  /** A whole answer. Returns whether it has content. */
  whole(said: AnthropicSaid): boolean {
    if (!Array.isArray(said.content)) return false;
    for (const [index, block] of said.content.entries()) {
      if (block?.type === "text") this.#draft.text += block.text ?? "";
      else if (block?.type === "tool_use") {
        this.#calls.set(index, { name: block.name ?? "", arguments: JSON.stringify(block.input ?? {}) });
      }
    }
    this.#about(said);
    return true;
  }

  /** An answer of nothing but tool calls has them for its text. */
  settle(): void {
    if (this.#draft.text !== "" || this.#calls.size === 0) return;
    this.#draft.text = JSON.stringify([...this.#calls.values()]);
  }

  #block({ type, text, name, thinking, partial_json }: Block, index: number, at_ms: number): void {
    const draft = this.#draft;
    if (text) {
      draft.text += text;
      draft.chunk(at_ms, true);
    } else if (type === "tool_use") {
      this.#calls.set(index, { name: name ?? "", arguments: "" });
      draft.chunk(at_ms, true);
    } else if (partial_json) {
      this.#calls.getOrInsert(index, { name: "", arguments: "" }).arguments += partial_json;
      draft.chunk(at_ms, true);
    } else if (thinking || type === "redacted_thinking") draft.chunk(at_ms, false);
  }

  #about({ model, stop_reason, usage }: Message): void {
    const draft = this.#draft;
    draft.served_model = model ?? draft.served_model;
    draft.stop_reason = stop_reason ?? draft.stop_reason;
    if (!usage) return;
    this.#usage = {
      input_tokens: usage.input_tokens ?? this.#usage.input_tokens ?? null,
      output_tokens: usage.output_tokens ?? this.#usage.output_tokens ?? null,
      cache_read_input_tokens: usage.cache_read_input_tokens ?? this.#usage.cache_read_input_tokens ?? null,
      cache_creation_input_tokens: usage.cache_creation_input_tokens ??
        this.#usage.cache_creation_input_tokens ?? null,
    };
    const said = this.#usage;
    draft.usage = usageOfParts(
      said.input_tokens,
      said.output_tokens,
      said.cache_read_input_tokens,
      said.cache_creation_input_tokens,
    );
  }
}
