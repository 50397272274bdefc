/** Anthropic's messages behind Bedrock. */

import type { Draft, StopReason } from "../dialect.ts";
import { estimateTokens } from "../tokens.ts";
import { lastUserText } from "./chat_request.ts";
import type { InvokeForm } from "./invoke_form.ts";
import { invalid, isObject, type Json, limitIn } from "./json_body.ts";
import { lacking } from "./lacking.ts";
import type { CacheUse } from "./prompt_cache.ts";
import { argumentsPart } from "./tool_call.ts";

const stopReasons: Readonly<Record<StopReason, string>> = {
  stop: "end_turn",
  length: "max_tokens",
  tool_calls: "tool_use",
};
const signature = "c2ltdWxhdGVk";

/** All texts in their order, and how much of them stands before the end of the last block that is to be cached. */
function textsOf(body: Json): { all: string; shared: string | null } {
  let all = "";
  let shared: string | null = null;
  const messages = Array.isArray(body["messages"]) ? body["messages"] : [];
  const contents = [
    body["system"],
    ...messages.map((message) => isObject(message) ? message["content"] : null),
  ];
  for (const content of contents) {
    if (typeof content === "string") all += content;
    for (const block of Array.isArray(content) ? content : []) {
      if (!isObject(block) || typeof block["text"] !== "string") continue;
      all += block["text"];
      if (isObject(block["cache_control"])) shared = all;
    }
  }
  return { all, shared };
}

function usage({ counts: { prompt_tokens, completion_tokens }, shapes }: Draft, { read, written }: CacheUse) {
  return shapes.has("no_usage") ? {} : {
    usage: {
      input_tokens: Math.max(0, prompt_tokens - read - written),
      cache_creation_input_tokens: Math.min(written, prompt_tokens),
      cache_read_input_tokens: Math.min(read, prompt_tokens),
      output_tokens: completion_tokens,
    },
  };
}

const blockOf = ({ spoken }: Draft) => spoken.reasoning.length > 0 ? 1 : 0;
const delta = (index: number, said: Json): Json => ({ type: "content_block_delta", index, delta: said });
const start = (index: number, content_block: Json): Json => ({
  type: "content_block_start",
  index,
  content_block,
});
const stop = (index: number): Json => ({ type: "content_block_stop", index });

export const anthropic: InvokeForm = {
  fits: (body) => body["anthropic_version"] !== undefined,

  read(body) {
    if (body["anthropic_version"] !== "bedrock-2023-05-31") {
      throw invalid("anthropic_version", "expected 'bedrock-2023-05-31'");
    }
    const max_tokens = limitIn(body, "max_tokens");
    if (max_tokens === null) throw invalid("max_tokens", "field required");
    const prompt = lastUserText(body["messages"]);
    const { all, shared } = textsOf(body);
    const more_prompt_tokens = estimateTokens("x".repeat(all.length - prompt.length));
    return {
      ...{ prompt, max_tokens, shared, more_prompt_tokens },
      ...{ temperature: body["temperature"], top_p: body["top_p"] },
    };
  },

  without: lacking("role_only_first", "comments"),

  opening(draft, cache) {
    const { usage: all = null } = usage(draft, cache);
    const message = {
      ...{
        id: `msg_bdrk_${draft.id}`,
        type: "message",
        role: "assistant",
        model: draft.model_id,
        content: [],
      },
      ...{ stop_reason: null, stop_sequence: null },
      ...(all === null ? {} : { usage: { ...all, output_tokens: 1 } }),
    };
    return [{ type: "message_start", message }];
  },

  token(draft, index, text) {
    const { spoken: { reasoning, tokens }, shapes } = draft;
    if (index < reasoning.length) {
      const thought = delta(0, { type: "thinking_delta", thinking: text });
      return index > 0 ? [thought] : [start(0, { type: "thinking", thinking: "", signature: "" }), thought];
    }
    const [position, block] = [index - reasoning.length, blockOf(draft)];
    const calls = shapes.has("tool_calls");
    const before = position > 0 ? [] : [
      ...(block > 0 ? [delta(0, { type: "signature_delta", signature }), stop(0)] : []),
      start(
        block,
        calls
          ? { type: "tool_use", id: "toolu_bdrk_1", name: "answer", input: {} }
          : { type: "text", text: "" },
      ),
    ];
    const said = calls
      ? { type: "input_json_delta", partial_json: argumentsPart(text, position, tokens.length) }
      : { type: "text_delta", text };
    return [...before, delta(block, said)];
  },

  empty: () => ({ type: "ping" }),

  tail: (draft) => [
    stop(blockOf(draft)),
    {
      type: "message_delta",
      delta: { stop_reason: stopReasons[draft.spoken.reason], stop_sequence: null },
      ...(draft.shapes.has("no_usage") ? {} : { usage: { output_tokens: draft.counts.completion_tokens } }),
    },
    { type: "message_stop" },
  ],

  whole(draft, cache) {
    const { id, model_id, spoken: { reasoning, tokens, reason }, shapes } = draft;
    const text = tokens.join("");
    return {
      ...{ id: `msg_bdrk_${id}`, type: "message", role: "assistant", model: model_id },
      content: [
        ...(reasoning.length > 0 ? [{ type: "thinking", thinking: reasoning.join(""), signature }] : []),
        shapes.has("tool_calls")
          ? { type: "tool_use", id: "toolu_bdrk_1", name: "answer", input: { answer: text } }
          : { type: "text", text },
      ],
      stop_reason: stopReasons[reason],
      stop_sequence: null,
      ...usage(draft, cache),
    };
  },
};
