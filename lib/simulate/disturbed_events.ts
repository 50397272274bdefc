/** The events of an answer in the shapes that were asked for: what is said stays the same, how it is said does not. */

import type { Draft, Spoken, Wording } from "./dialect.ts";
import type { Disturbance } from "./fault_draw.ts";
import type { FaultSettings } from "./fault_options.ts";
import type { Event, Framing } from "./framing.ts";
import { marker, toBytes } from "./invalid_byte.ts";
import { joined } from "./outgoing.ts";

const thoughts = ["Let", " me", " see", " what", " the", " text", " says", " on", " this", "."];

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

/** What is said in one piece, with the byte that is no UTF-8 in its first token if that is the shape. */
export function struckInOnePiece(draft: Draft): Draft {
  const { spoken, shapes } = draft;
  const [first, ...rest] = spoken.tokens;
  if (first === undefined || !shapes.has("invalid_utf8")) return draft;
  return { ...draft, spoken: { ...spoken, tokens: [first + marker, ...rest] } };
}

export class DisturbedEvents {
  readonly #wording: Wording;
  readonly #framing: Framing;
  readonly #pieces: readonly string[];
  readonly #disturbance: Disturbance;
  readonly #settings: FaultSettings;
  /** The token to which what happens once happens. */
  readonly #struck: number;

  constructor(
    { spoken: { reasoning, tokens } }: Pick<Draft, "spoken">,
    { wording, framing }: { wording: Wording; framing: Framing },
    disturbance: Disturbance,
    settings: FaultSettings,
  ) {
    this.#wording = wording;
    this.#framing = framing;
    this.#pieces = [...reasoning, ...tokens];
    this.#disturbance = disturbance;
    this.#settings = settings;
    this.#struck = Math.floor(disturbance.place * this.#pieces.length);
  }

  /** All that goes with token `index`; its own event comes last. */
  token(index: number): Uint8Array {
    const { failure, shapes } = this.#disturbance;
    const struck = index === this.#struck;
    const parts: Uint8Array[] = [];
    const empty = shapes.has("empty_deltas") ? this.#wording.empty(index) : null;
    if (empty !== null) parts.push(this.#framing.frame(empty));
    if (shapes.has("comments")) parts.push(toBytes(this.#framing.comment(index)));
    const text = this.#pieces[index]! + (struck && shapes.has("invalid_utf8") ? marker : "");
    const events = [...this.#wording.token(index, text)];
    const own = events.pop();
    for (const event of events) parts.push(this.#framing.frame(event));
    if (own !== undefined) parts.push(this.#own(own, struck, failure === "malformed_json"));
    return joined(parts);
  }

  #own(event: Event, struck: boolean, malformed: boolean): Uint8Array {
    const { shapes } = this.#disturbance;
    const data = struck && shapes.has("oversized_line")
      ? padded(event.data, this.#settings.oversized_bytes)
      : event.data;
    const said = { ...event, data: struck && malformed ? data.slice(0, data.length >> 1) : data };
    const { divided } = this.#framing;
    return divided !== undefined && shapes.has("split_events")
      ? divided(said, this.#settings.split_pieces)
      : this.#framing.frame(said);
  }
}

/** A JSON object with so many bytes more in it; other texts stay as they are. */
export function padded(data: string, bytes: number): string {
  if (!data.startsWith("{") || !data.endsWith("}")) return data;
  return `${data.slice(0, -1)},"padding":"${"x".repeat(bytes)}"}`;
}
