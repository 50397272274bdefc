/** OpenAI's three kinds of bodies, as its own paths and the containers behind other services take them. */

import type { Draft, Reading } from "../dialect.ts";
import { type Framing, serverSentEvents } from "../framing.ts";
import { readChat, streamOf } from "./chat_request.ts";
import { ChatWording } from "./chat_wording.ts";
import { CompletionsWording } from "./completions_wording.ts";
import { inBase64, vectorOf } from "./embedding.ts";
import { invalid, type Json, limitIn, textsIn } from "./json_body.ts";
import { lacking, textOnly } from "./lacking.ts";
import { wholeOnly } from "./whole_only.ts";

const chatLacks = lacking();
const completionsLack = lacking(...textOnly);

const framingOf = (stream: boolean): Framing | null => stream ? serverSentEvents : null;

/** Messages. Throws Refusal. */
export function chatReading(body: Json): Reading {
  const { prompt, max_tokens, stream, include_usage } = readChat(body);
  return {
    ...{ prompt, max_tokens, framing: framingOf(stream), without: chatLacks },
    compose: (draft) => new ChatWording(draft, include_usage),
  };
}

/** A prompt, or a list of one. Throws Refusal. */
export function completionsReading(body: Json): Reading {
  const { stream, include_usage } = streamOf(body);
  const [prompt = "", ...more] = textsIn(body, "prompt");
  if (more.length > 0) throw invalid("prompt", "only one prompt is served");
  return {
    ...{
      prompt,
      max_tokens: limitIn(body, "max_tokens"),
      framing: framingOf(stream),
      without: completionsLack,
    },
    compose: (draft) => new CompletionsWording(draft, include_usage),
  };
}

/** A text to be embedded, or several. Throws Refusal. */
export function embeddingsReading(body: Json): Reading {
  const texts = textsIn(body, "input");
  const format = body["encoding_format"] ?? "float";
  if (format !== "float" && format !== "base64") throw invalid("encoding_format", "expected float or base64");
  const dimensions = limitIn(body, "dimensions") ?? 384;
  const data = texts.map((text, index) => {
    const vector = vectorOf(text, dimensions);
    return { object: "embedding", index, embedding: format === "base64" ? inBase64(vector) : vector };
  });
  const compose = ({ model_id: model, counts: { prompt_tokens }, shapes }: Draft) => {
    const usage = shapes.has("no_usage") ? {} : { usage: { prompt_tokens, total_tokens: prompt_tokens } };
    return wholeOnly(() => ({ body: JSON.stringify({ object: "list", data, model, ...usage }) }));
  };
  return {
    ...{ prompt: texts.join("\n"), embed: texts, max_tokens: null, framing: null, without: completionsLack },
    compose,
  };
}
