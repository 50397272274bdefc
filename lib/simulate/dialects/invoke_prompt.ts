/** Models behind Bedrock that take a prompt: Llama, and those whose answer is a list. */

import { count, counted, type InvokeForm, plainText, promptFor, reasonOf, textOf } from "./invoke_form.ts";
import { limitIn, textIn } from "./json_body.ts";

/** `{KEY: [{text, stop_reason}]}`, whole and for each token. */
export function listed(key: "outputs" | "choices", names: readonly string[]): InvokeForm {
  return {
    ...plainText,
    fits: promptFor(...names),
    read: (body) => ({ prompt: textIn(body, "prompt"), max_tokens: limitIn(body, "max_tokens") }),
    token: (_, __, text) => [{ [key]: [{ text, stop_reason: null }] }],
    tail: (draft) => [{ [key]: [{ text: "", stop_reason: reasonOf(draft) }] }],
    whole: (draft) => ({ [key]: [{ text: textOf(draft), stop_reason: reasonOf(draft) }] }),
  };
}

export const llama: InvokeForm = {
  ...plainText,
  fits: ({ prompt }) => typeof prompt === "string",
  read: (body) => ({ prompt: textIn(body, "prompt"), max_tokens: limitIn(body, "max_gen_len") }),
  token: (draft, index, text) => [{
    generation: text,
    prompt_token_count: index === 0 ? count(draft, draft.counts.prompt_tokens) : null,
    generation_token_count: count(draft, index + 1),
    stop_reason: null,
  }],
  tail: (draft) => [{
    ...{ generation: "", prompt_token_count: null, stop_reason: reasonOf(draft) },
    generation_token_count: count(draft, draft.counts.completion_tokens),
  }],
  whole: (draft) => ({
    generation: textOf(draft),
    ...counted(draft, {
      prompt_token_count: draft.counts.prompt_tokens,
      generation_token_count: draft.counts.completion_tokens,
    }),
    stop_reason: reasonOf(draft),
  }),
};
