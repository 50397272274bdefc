/** The request body of OpenAI's chat completions: what it must be, and what this endpoint takes from it. */

import { Refusal } from "../refusal.ts";
import { checkRange, flagIn, invalid, isObject, type Json, limitIn } from "./json_body.ts";

export interface ChatRequest {
  readonly stream: boolean;
  readonly include_usage: boolean;
  /** null: as long as the answer is. */
  readonly max_tokens: number | null;
  /** Text of the last user message. */
  readonly prompt: string;
}

/** Throws Refusal unless a body asks for the model that is served. */
export function checkModel(request: Json, model_id: string): void {
  const { model } = request;
  if (typeof model !== "string" || model === "") throw invalid("model", "a model must be given as a text");
  if (model === model_id) return;
  throw new Refusal(404, `The model '${model}' does not exist; this endpoint serves '${model_id}'.`, {
    code: "model_not_found",
    param: "model",
  });
}

/** Reads a body of messages, whatever model it asks for. Throws Refusal. */
export function readChat(request: Json): ChatRequest {
  checkRange(request, "temperature", 2);
  checkRange(request, "top_p", 1);
  return {
    ...streamOf(request),
    max_tokens: limitIn(request, "max_completion_tokens", "max_tokens"),
    prompt: lastUserText(request["messages"]),
  };
}

/** Whether a body asks for a stream, and for its usage. Throws Refusal. */
export function streamOf(request: Json): Pick<ChatRequest, "stream" | "include_usage"> {
  const stream = flagIn(request, "stream");
  const options = request["stream_options"] ?? null;
  if (options !== null && !stream) {
    throw invalid("stream_options", "it is only allowed when 'stream' is true");
  }
  if (options !== null && !isObject(options)) throw invalid("stream_options", "expected an object");
  if ((request["n"] ?? 1) !== 1) throw invalid("n", "only one choice is served");
  return { stream, include_usage: options !== null && options["include_usage"] === true };
}

/** The text of the last message of the role `user`. Throws Refusal where there is none. */
export function lastUserText(messages: unknown): string {
  if (!Array.isArray(messages) || messages.length === 0) {
    throw invalid("messages", "expected a list of at least one message");
  }
  let prompt: string | null = null;
  for (const [i, message] of messages.entries()) {
    if (!isObject(message) || typeof message["role"] !== "string") {
      throw invalid(`messages[${i}]`, "expected an object with a role");
    }
    if (message["role"] === "user") prompt = textOf(message["content"], i);
  }
  if (prompt === null) throw invalid("messages", "there is no message of the role 'user'");
  return prompt;
}

/** Pictures are taken and not looked at. */
function textOf(content: unknown, index: number): string {
  if (typeof content === "string") return content;
  const parts = (Array.isArray(content) ? content : []).filter((part) =>
    !isObject(part) || (part["type"] !== "image_url" && part["type"] !== "image")
  );
  const texts = parts.map((part) => isObject(part) && part["type"] === "text" ? part["text"] : null);
  if (texts.length === 0 || texts.some((text) => typeof text !== "string")) {
    throw invalid(`messages[${index}].content`, "expected a text or a list of text parts");
  }
  return texts.join("");
}
