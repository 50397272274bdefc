/** How the vendors' models speak behind Bedrock's InvokeModel. */

import { anthropic } from "./invoke_anthropic.ts";
import { nova, titanText } from "./invoke_amazon.ts";
import { cohereChat, cohereText } from "./invoke_cohere.ts";
import type { InvokeForm } from "./invoke_form.ts";
import { messagesForm } from "./invoke_messages.ts";
import { listed, llama } from "./invoke_prompt.ts";
import type { Json } from "./json_body.ts";

const messages = ({ messages: given }: Json) => given !== undefined;

/** All forms, in the order in which they are tried. */
export const invokeForms: readonly InvokeForm[] = [
  anthropic,
  titanText,
  cohereChat,
  nova,
  messagesForm(
    (body, model_id) => messages(body) && /mistral|pixtral/.test(model_id),
    "message",
    "stop_reason",
  ),
  messagesForm(messages, "delta", "finish_reason"),
  cohereText,
  listed("outputs", ["mistral", "mixtral"]),
  listed("choices", ["deepseek"]),
  llama,
];
