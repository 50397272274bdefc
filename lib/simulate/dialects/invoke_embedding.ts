/** Titan's and Cohere's embeddings behind Bedrock. */

import type { Reading } from "../dialect.ts";
import { vectorOf } from "./embedding.ts";
import { isObject, type Json, limitIn, textIn, textsIn } from "./json_body.ts";

/** Texts to be embedded, and how the answer says their vectors. */
interface Embedding extends Pick<Reading, "prompt"> {
  readonly embed: readonly string[];
  answer(id: string, prompt_tokens: number): Json;
}

/** What a body asks to be embedded; null for one that asks for words. Throws Refusal. */
export function embeddingOf(body: Json, model_id: string): Embedding | null {
  if (body["texts"] !== undefined) return cohere(body);
  const titan = body["inputText"] !== undefined &&
    (model_id.includes("embed") ||
      ["dimensions", "normalize", "embeddingTypes"].some((name) => name in body));
  return titan ? titanEmbedding(body) : null;
}

function titanEmbedding(body: Json): Embedding {
  const prompt = textIn(body, "inputText");
  const embedding = vectorOf(prompt, limitIn(body, "dimensions") ?? 1024);
  return {
    prompt,
    embed: [prompt],
    answer: (_, inputTextTokenCount) => ({
      embedding,
      embeddingsByType: { float: embedding },
      inputTextTokenCount,
    }),
  };
}

function cohere(body: Json): Embedding {
  const texts = textsIn(body, "texts");
  textIn(body, "input_type");
  const vectors = texts.map((text) => vectorOf(text, limitIn(body, "output_dimension") ?? 1024));
  const byType = Array.isArray(body["embedding_types"]) || isObject(body["embedding_types"]);
  return {
    prompt: texts.join("\n"),
    embed: texts,
    answer: (id) => ({
      id,
      texts,
      embeddings: byType ? { float: vectors } : vectors,
      response_type: byType ? "embeddings_by_type" : "embeddings_floats",
    }),
  };
}
