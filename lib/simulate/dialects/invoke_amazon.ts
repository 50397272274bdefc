/** Amazon's models behind Bedrock: Nova, and Titan for text. */

import type { Draft } from "../dialect.ts";
import { readConverse } from "./converse_request.ts";
import { count, counted, type InvokeForm, plainText, reasonOf, textOf } from "./invoke_form.ts";
import { isObject, limitIn, objectIn, textIn } from "./json_body.ts";

const novaWords = { stop: "end_turn", length: "max_tokens" };

export const nova: InvokeForm = {
  ...plainText,
  fits: ({ schemaVersion, inferenceConfig, messages }) =>
    schemaVersion !== undefined || inferenceConfig !== undefined ||
    (Array.isArray(messages) &&
      messages.some((message) =>
        isObject(message) && Array.isArray(message["content"]) &&
        message["content"].some((part) => isObject(part) && part["type"] === undefined)
      )),
  read(body) {
    const { prompt, more_prompt_tokens } = readConverse({
      system: body["system"],
      messages: body["messages"],
    });
    const config = objectIn(body, "inferenceConfig");
    return { prompt, more_prompt_tokens, max_tokens: limitIn(config, "maxTokens", "max_new_tokens") };
  },
  opening: () => [{ messageStart: { role: "assistant" } }],
  token: (_, __, text) => [{ contentBlockDelta: { delta: { text }, contentBlockIndex: 0 } }],
  tail: (draft) => [
    { contentBlockStop: { contentBlockIndex: 0 } },
    { messageStop: { stopReason: reasonOf(draft, novaWords) } },
    { metadata: { ...counted(draft, { usage: novaUsage(draft) }), metrics: {}, trace: {} } },
  ],
  whole: (draft) => ({
    output: { message: { content: [{ text: textOf(draft) }], role: "assistant" } },
    stopReason: reasonOf(draft, novaWords),
    ...counted(draft, { usage: novaUsage(draft) }),
  }),
};

function novaUsage({ counts: { prompt_tokens, completion_tokens } }: Draft) {
  return {
    inputTokens: prompt_tokens,
    outputTokens: completion_tokens,
    totalTokens: prompt_tokens + completion_tokens,
    cacheReadInputTokenCount: 0,
    cacheWriteInputTokenCount: 0,
  };
}

const titanWords = { stop: "FINISH", length: "LENGTH" };
export const titanText: InvokeForm = {
  ...plainText,
  fits: ({ inputText }) => inputText !== undefined,
  read: (body) => ({
    prompt: textIn(body, "inputText"),
    max_tokens: limitIn(objectIn(body, "textGenerationConfig"), "maxTokenCount"),
  }),
  token: (draft, index, text) => [{
    ...{ outputText: text, index: 0, totalOutputTextTokenCount: null, completionReason: null },
    inputTextTokenCount: index === 0 ? count(draft, draft.counts.prompt_tokens) : null,
  }],
  tail: (draft) => [{
    ...{ outputText: "", index: 0, completionReason: reasonOf(draft, titanWords), inputTextTokenCount: null },
    totalOutputTextTokenCount: count(draft, draft.counts.completion_tokens),
  }],
  whole: (draft) => ({
    ...counted(draft, { inputTextTokenCount: draft.counts.prompt_tokens }),
    results: [{
      ...counted(draft, { tokenCount: draft.counts.completion_tokens }),
      outputText: textOf(draft),
      completionReason: reasonOf(draft, titanWords),
    }],
  }),
};
