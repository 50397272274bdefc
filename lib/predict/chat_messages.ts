/** A prompt as the messages of a chat, as OpenAI's protocol has them and many others do. */

import type { PayloadImage } from "../core/mod.ts";
import type { Prompt } from "./predictor.ts";

export interface ChatMessage {
  readonly role: string;
  readonly content: string | readonly ChatPart[];
}

export type ChatPart =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "image_url"; readonly image_url: { readonly url: string } };

/**
 * The conversation of a prompt, or one user message; a system prompt before it. Images follow the text of the last user
 * message, as data URLs.
 */
export function chatMessages({ prompt, messages, images = [] }: Prompt, system?: string): ChatMessage[] {
  const turns: readonly ChatMessage[] = messages ?? [{ role: "user", content: prompt }];
  const asked = turns.findLastIndex(({ role }) => role === "user");
  return [
    ...(system === undefined ? [] : [{ role: "system", content: system }]),
    ...turns.map((turn, i) => i === asked && images.length > 0 ? withImages(turn, images) : turn),
  ];
}

function withImages({ role, content }: ChatMessage, images: readonly PayloadImage[]): ChatMessage {
  const text: readonly ChatPart[] = typeof content === "string" ? [{ type: "text", text: content }] : content;
  const parts = images.map(({ media_type, base64 }): ChatPart => ({
    type: "image_url",
    image_url: { url: `data:${media_type};base64,${base64}` },
  }));
  return { role, content: [...text, ...parts] };
}
