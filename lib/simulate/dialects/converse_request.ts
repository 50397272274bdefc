/** The request body of Bedrock's Converse: what it must be, and what this endpoint takes from it. */

import { estimateTokens } from "../tokens.ts";
import { checkUnit } from "./bedrock_model.ts";
import { invalid, isObject, type Json, limitIn, objectIn } from "./json_body.ts";

export interface ConverseRequest {
  /** Text of the last user message. */
  readonly prompt: string;
  /** Tokens of all other text. */
  readonly more_prompt_tokens: number;
  /** All text before the last cache point, of system prompt and messages; null: there is none. */
  readonly shared: string | null;
  readonly max_tokens: number | null;
  readonly temperature: unknown;
  readonly top_p: unknown;
  /** `performanceConfig.latency` and `serviceTier.type` as they were asked for. */
  readonly latency: string | null;
  readonly tier: string | null;
}

/** Blocks that are taken and not looked at. */
const passed = ["image", "reasoningContent", "toolUse", "toolResult"];

/** Collects text in its order, and remembers where the last cache point stood. */
class Reader {
  #text = "";
  shared: string | null = null;

  /** The text of a list of blocks. */
  blocks(content: unknown, where: string): string {
    if (!Array.isArray(content) || content.length === 0) {
      throw invalid(where, "expected a list of at least one content block");
    }
    let text = "";
    for (const block of content) {
      if (!isObject(block)) throw invalid(where, "expected blocks that are objects");
      if (isObject(block["cachePoint"])) {
        if (block["cachePoint"]["type"] !== "default") {
          throw invalid(`${where}.cachePoint.type`, "expected 'default'");
        }
        this.shared = this.#text;
      } else if (typeof block["text"] === "string") {
        text += block["text"];
        this.#text += block["text"];
      } else if (!passed.some((name) => block[name] !== undefined)) {
        throw invalid(where, "only text is understood");
      }
    }
    return text;
  }
}

/** Reads a body. Throws Refusal if it is not one. */
export function readConverse(body: Json): ConverseRequest {
  const reader = new Reader();
  const system = body["system"] === undefined ? "" : reader.blocks(body["system"], "system");
  const { messages } = body;
  if (!Array.isArray(messages) || messages.length === 0) {
    throw invalid("messages", "expected a list of at least one message");
  }
  let others = system;
  let prompt: string | null = null;
  for (const [i, message] of messages.entries()) {
    if (!isObject(message) || (message["role"] !== "user" && message["role"] !== "assistant")) {
      throw invalid(`messages[${i}]`, "expected an object with the role user or assistant");
    }
    const text = reader.blocks(message["content"], `messages[${i}].content`);
    if (message["role"] === "user") {
      others += prompt ?? "";
      prompt = text;
    } else others += text;
  }
  if (prompt === null) throw invalid("messages", "a conversation must start with a user message");
  const inference = objectIn(body, "inferenceConfig");
  checkUnit(inference, "temperature", "topP");
  return {
    prompt,
    more_prompt_tokens: estimateTokens(others),
    shared: reader.shared,
    max_tokens: limitIn(inference, "maxTokens"),
    temperature: inference["temperature"],
    top_p: inference["topP"],
    latency: choice(objectIn(body, "performanceConfig"), "latency", ["standard", "optimized"]),
    tier: choice(objectIn(body, "serviceTier"), "type", ["priority", "default", "flex", "reserved"]),
  };
}

function choice(body: Json, name: string, known: readonly string[]): string | null {
  const value = body[name] ?? null;
  if (value === null) return null;
  if (typeof value === "string" && known.includes(value)) return value;
  throw invalid(name, `expected one of ${known.join(", ")}`);
}
