/** The events of an answer in the shapes that were asked for: what is said stays the same, how it is said does not. */

import { ChatStream, type Counts } from "./chat_response.ts";
import type { CompletionPlan, Spoken } from "./completion.ts";
import type { Disturbance } from "./fault_draw.ts";
import type { FaultSettings } from "./fault_options.ts";

const encoder = new TextEncoder();

/** Stands in a text for a byte that is no UTF-8; its own three bytes are EE 80 80. */
const marker = "\ue000";
const invalidByte = 0xff;

const thoughts = ["Let", " me", " see", " what", " the", " text", " says", " on", " this", "."];

/** A text as bytes, with the marker turned into the invalid byte. */
export function toBytes(text: string): Uint8Array {
  const bytes = encoder.encode(text);
  const at = text.includes(marker) ? indexOfMarker(bytes) : -1;
  if (at === -1) return bytes;
  bytes[at] = invalidByte;
  bytes.copyWithin(at + 1, at + 3);
  return bytes.subarray(0, bytes.length - 2);
}

function indexOfMarker(bytes: Uint8Array): number {
  return bytes.findIndex((byte, i) => byte === 0xee && bytes[i + 1] === 0x80 && bytes[i + 2] === 0x80);
}

/**
 * What is said in how many tokens, all within `limit`: reasoning takes room from the text, but leaves it one token.
 */
export function spokenOf(
  tokens: readonly string[],
  limit: number,
  shapes: Disturbance["shapes"],
  { reasoning_tokens }: Pick<FaultSettings, "reasoning_tokens">,
): Spoken {
  const count = shapes.has("reasoning") ? Math.min(reasoning_tokens, limit - 1) : 0;
  const reasoning = Array.from({ length: count }, (_, i) => thoughts[i % thoughts.length]!);
  const kept = tokens.slice(0, limit - count);
  const reason = kept.length < tokens.length ? "length" : shapes.has("tool_calls") ? "tool_calls" : "stop";
  return { reasoning, tokens: kept, reason };
}

export class DisturbedEvents {
  readonly #stream: ChatStream;
  readonly #spoken: Spoken;
  readonly #disturbance: Disturbance;
  readonly #settings: FaultSettings;
  /** The token to which what happens once happens. */
  readonly #struck: number;
  readonly counts: Counts;

  constructor(
    plan: Pick<CompletionPlan, "identity" | "spoken" | "stream" | "prompt_tokens">,
    disturbance: Disturbance,
    settings: FaultSettings,
  ) {
    const { shapes, place } = disturbance;
    const { spoken } = plan;
    const length = spoken.reasoning.length + spoken.tokens.length;
    this.#stream = new ChatStream(
      plan.identity,
      plan.stream?.include_usage === true && !shapes.has("no_usage"),
    );
    this.#spoken = spoken;
    this.#disturbance = disturbance;
    this.#settings = settings;
    this.#struck = Math.floor(place * length);
    this.counts = {
      prompt_tokens: plan.prompt_tokens,
      completion_tokens: length,
      reasoning_tokens: spoken.reasoning.length,
    };
  }

  opening(): string {
    const { shapes } = this.#disturbance;
    return shapes.has("role_only_first")
      ? this.#stream.choice({ role: "assistant" }, null)
      : this.#stream.role();
  }

  /** All that goes with token `index`; its own event comes last. */
  token(index: number): Uint8Array {
    const { failure, shapes } = this.#disturbance;
    const struck = index === this.#struck;
    let text = "";
    if (shapes.has("empty_deltas")) {
      text += this.#stream.choice([{}, { content: "" }, { content: null }][index % 3]!, null);
    }
    if (shapes.has("comments")) text += index % 2 === 0 ? ": still there\n\n" : ": still there\n";
    const event = this.#stream.choice(this.#delta(index, struck), null);
    text += failure === "malformed_json" && struck ? `${event.slice(0, event.length >> 1)}\n\n` : event;
    return toBytes(text);
  }

  /** What follows the last token, event by event. */
  tail(): string[] {
    return this.#stream.tail(this.#spoken.reason, this.counts);
  }

  /** The message of an answer in one piece. */
  message(): Record<string, unknown> {
    const { reasoning, tokens } = this.#spoken;
    const text = tokens.map((token, i) => this.#struckText(token, i === 0)).join("");
    const call = { name: "answer", arguments: JSON.stringify({ answer: text }) };
    return {
      ...(reasoning.length === 0 ? {} : { reasoning_content: reasoning.join("") }),
      ...(this.#disturbance.shapes.has("tool_calls")
        ? { tool_calls: [{ id: "call_1", type: "function", function: call }] }
        : { content: text }),
      ...this.#padding(true),
    };
  }

  #delta(index: number, struck: boolean): Record<string, unknown> {
    const { reasoning, tokens } = this.#spoken;
    const thought = reasoning[index];
    if (thought !== undefined) {
      return { reasoning_content: this.#struckText(thought, struck), ...this.#padding(struck) };
    }
    const position = index - reasoning.length;
    const token = this.#struckText(tokens[position]!, struck);
    const { shapes } = this.#disturbance;
    const said = shapes.has("tool_calls")
      ? { tool_calls: [toolCallPart(token, position, tokens.length)] }
      : { content: token };
    return { ...said, ...this.#padding(struck) };
  }

  #struckText(text: string, struck: boolean): string {
    return struck && this.#disturbance.shapes.has("invalid_utf8") ? text + marker : text;
  }

  #padding(struck: boolean): { padding?: string } {
    return struck && this.#disturbance.shapes.has("oversized_line")
      ? { padding: "x".repeat(this.#settings.oversized_bytes) }
      : {};
  }
}

/** The arguments `{"answer":"..."}` in as many pieces as there are tokens; the first names the function. */
function toolCallPart(token: string, position: number, count: number) {
  const open = position === 0 ? '{"answer":"' : "";
  const close = position === count - 1 ? '"}' : "";
  const args = open + JSON.stringify(token).slice(1, -1) + close;
  return position === 0
    ? { index: 0, id: "call_1", type: "function", function: { name: "answer", arguments: args } }
    : { index: 0, function: { arguments: args } };
}
