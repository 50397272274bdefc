/** Errors inside successful responses: each server has a shape of its own. */

import type { AnswerError } from "./answer.ts";
import { clipped, errorText } from "./failure.ts";

/** Words for "too many requests" among types and codes. */
const throttling = /rate.?limit|throttl|too.?many.?requests|^overloaded$/i;

/**
 * What is wrong by `{error: {message, type, code}}` (llama.cpp, Ollama, LiteLLM, vLLM, SGLang), `{error: text, error_type}`
 * (TGI) or `{object: "error", message, code}` (older vLLM and SGLang); null for a body that is no error.
 */
export function errorIn(
  body: Readonly<Record<string, unknown>>,
  secrets: readonly string[] = [],
): AnswerError | null {
  const error = body["error"] ?? (body["object"] === "error" ? body : null);
  if (error === null) return null;
  const parts = typeof error === "object" ? error as Readonly<Record<string, unknown>> : body;
  const status = Number(parts["code"] ?? parts["status"] ?? parts["http_status_code"]);
  const words = [parts["type"], parts["code"], parts["error_type"]].filter((word) =>
    typeof word === "string"
  );
  const throttled = status === 429 || words.some((word) => throttling.test(word));
  return { kind: throttled ? "throttled" : "stream", message: clipped(errorText(error) ?? "error", secrets) };
}
