/** Cohere's models for text behind Bedrock: Command R, and the older Command. */

import type { Draft } from "../dialect.ts";
import { type InvokeForm, plainText, promptFor, reasonOf, textOf } from "./invoke_form.ts";
import { limitIn, textIn } from "./json_body.ts";

const cohereWords = { stop: "COMPLETE", length: "MAX_TOKENS" };

function cohereAnswer(draft: Draft) {
  const finish_reason = reasonOf(draft, cohereWords);
  return {
    response_id: draft.id,
    text: textOf(draft),
    generation_id: draft.id,
    chat_history: [],
    finish_reason,
  };
}

export const cohereChat: InvokeForm = {
  ...plainText,
  fits: ({ message }) => message !== undefined,
  read: (body) => ({ prompt: textIn(body, "message"), max_tokens: limitIn(body, "max_tokens") }),
  opening: ({ id }) => [{ is_finished: false, event_type: "stream-start", generation_id: id }],
  token: (_, __, text) => [{ is_finished: false, event_type: "text-generation", text }],
  tail: (draft) => [{
    ...{ is_finished: true, event_type: "stream-end", response: cohereAnswer(draft) },
    finish_reason: reasonOf(draft, cohereWords),
  }],
  whole: cohereAnswer,
};

export const cohereText: InvokeForm = {
  ...plainText,
  fits: promptFor("cohere"),
  read: (body) => ({ prompt: textIn(body, "prompt"), max_tokens: limitIn(body, "max_tokens") }),
  token: (_, __, text) => [{ text, is_finished: false }],
  tail: (draft) => [{ is_finished: true, finish_reason: reasonOf(draft, cohereWords) }],
  whole: (draft) => ({
    id: draft.id,
    generations: [{ id: draft.id, text: textOf(draft), finish_reason: reasonOf(draft, cohereWords) }],
  }),
};
