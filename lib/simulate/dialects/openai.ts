/** OpenAI's chat completions, completions and embeddings. */

import type { Dialect, Reading } from "../dialect.ts";
import { checkModel } from "./chat_request.ts";
import { type Json, jsonBody } from "./json_body.ts";
import { chatReading, completionsReading, embeddingsReading } from "./openai_bodies.ts";
import { openaiManner, shortId } from "./openai_error.ts";

/** `POST /v1/chat/completions`, `/v1/completions` and `/v1/embeddings`. */
export function openai(model_id: string): readonly Dialect[] {
  const at = (path: string, kind: string, reading: (body: Json) => Reading): Dialect => ({
    ...openaiManner,
    method: "POST",
    serves: (asked) => asked === `/v1/${path}`,
    newId: (n) => shortId(kind, n),
    read(request) {
      const body = jsonBody(request.body);
      checkModel(body, model_id);
      return reading(body);
    },
  });
  return [
    at("chat/completions", "chatcmpl", chatReading),
    at("completions", "cmpl", completionsReading),
    at("embeddings", "embd", embeddingsReading),
  ];
}
