/** Models behind Bedrock that take OpenAI's messages: Jamba, OpenAI's own, Mistral's for chat. */

import type { Draft } from "../dialect.ts";
import { lastUserText } from "./chat_request.ts";
import { counted, type InvokeForm, plainText, reasonOf, textOf } from "./invoke_form.ts";
import { type Json, limitIn } from "./json_body.ts";

/**
 * OpenAI's messages, as AI21's Jamba, OpenAI's open models and Mistral's chat models take them. Mistral's answer streams
 * messages with a `stop_reason`, the others deltas with a `finish_reason`.
 */
export function messagesForm(
  fits: InvokeForm["fits"],
  part: "delta" | "message",
  reason: "finish_reason" | "stop_reason",
): InvokeForm {
  const choice = (said: Json, why: string | null) => ({ index: 0, [part]: said, [reason]: why });
  const usage = (draft: Draft) => {
    const { prompt_tokens, completion_tokens } = draft.counts;
    const total_tokens = prompt_tokens + completion_tokens;
    return counted(draft, { usage: { prompt_tokens, completion_tokens, total_tokens } });
  };
  return {
    ...plainText,
    fits,
    read: (body) => ({
      prompt: lastUserText(body["messages"]),
      max_tokens: limitIn(body, "max_completion_tokens", "max_tokens"),
    }),
    opening: ({ id }) =>
      part === "message" ? [] : [{ id, choices: [choice({ role: "assistant", content: "" }, null)] }],
    token: ({ id }, _, content) => [{
      id,
      choices: [choice(part === "message" ? { role: "assistant", content } : { content }, null)],
    }],
    tail: (draft) => [{
      id: draft.id,
      choices: [choice({ content: "" }, reasonOf(draft))],
      ...(part === "message" ? {} : usage(draft)),
    }],
    whole: (draft) => ({
      id: draft.id,
      model: draft.model_id,
      choices: [{
        index: 0,
        message: { role: "assistant", content: textOf(draft), tool_calls: null },
        [reason]: reasonOf(draft),
      }],
      ...usage(draft),
    }),
  };
}
