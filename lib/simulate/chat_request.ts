/** The request body of OpenAI's chat completions: what it must be, and what this endpoint takes from it. */

/** A request that is answered with an error in OpenAI's form. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: number;
  readonly code: string | null;
  readonly param: string | null;

  constructor(status: number, message: string, more: { code?: string; param?: string } = {}) {
    super(message);
    this.status = status;
    this.code = more.code ?? null;
    this.param = more.param ?? null;
  }
}

export interface ChatRequest {
  readonly stream: boolean;
  readonly include_usage: boolean;
  /** null: as long as the answer is. */
  readonly max_tokens: number | null;
  /** Text of the last user message. */
  readonly prompt: string;
}

/**
 * Reads a request body (UTF-8 JSON).
 *
 * @throws {Refusal} if it is not one, or asks for another model than `model_id`
 */
export function readChatRequest(body: Uint8Array, model_id: string): ChatRequest {
  const request = parse(body);
  if (typeof request["model"] !== "string" || request["model"] === "") {
    throw invalid("model", "a model must be given as a text");
  }
  if (request["model"] !== model_id) {
    throw new Refusal(
      404,
      `The model '${request["model"]}' does not exist; this endpoint serves '${model_id}'.`,
      {
        code: "model_not_found",
        param: "model",
      },
    );
  }
  if (typeof (request["stream"] ?? false) !== "boolean") throw invalid("stream", "expected true or false");
  const stream = request["stream"] === true;
  const options = request["stream_options"] ?? null;
  if (options !== null && !stream) {
    throw invalid("stream_options", "it is only allowed when 'stream' is true");
  }
  if (options !== null && !isObject(options)) throw invalid("stream_options", "expected an object");
  if ((request["n"] ?? 1) !== 1) throw invalid("n", "only one choice is served");
  checkRange(request, "temperature", 2);
  checkRange(request, "top_p", 1);
  return {
    stream,
    include_usage: options !== null && options["include_usage"] === true,
    max_tokens: limit(request, "max_completion_tokens") ?? limit(request, "max_tokens"),
    prompt: lastUserText(request["messages"]),
  };
}

type Json = Record<string, unknown>;

function isObject(value: unknown): value is Json {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function invalid(param: string, what: string): Refusal {
  return new Refusal(400, `Invalid '${param}': ${what}.`, { param });
}

function parse(body: Uint8Array): Json {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    throw new Refusal(400, "The request body is not valid JSON in UTF-8.");
  }
  if (!isObject(value)) throw new Refusal(400, "The request body must be a JSON object.");
  return value;
}

function limit(request: Json, name: string): number | null {
  const value = request[name] ?? null;
  if (value === null) return null;
  if (typeof value !== "number" || !Number.isInteger(value) || value < 1) {
    throw invalid(name, "expected an integer of at least 1");
  }
  return value;
}

function checkRange(request: Json, name: string, highest: number): void {
  const value = request[name] ?? null;
  if (value === null) return;
  if (typeof value !== "number" || value < 0 || value > highest) {
    throw invalid(name, `expected a number from 0 to ${highest}`);
  }
}

function lastUserText(messages: unknown): string {
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

function textOf(content: unknown, index: number): string {
  if (typeof content === "string") return content;
  const parts = Array.isArray(content) ? content : [];
  const texts = parts.map((part) => isObject(part) && part["type"] === "text" ? part["text"] : null);
  if (texts.length === 0 || texts.some((text) => typeof text !== "string")) {
    throw invalid(`messages[${index}].content`, "expected a text or a list of text parts");
  }
  return texts.join("");
}
