/**
 * Answers of Triton's generate extension. A stream has no end mark, no finish reason and, unless parameters ask for them, no
 * counts: the end of a whole HTTP response is the end. An error may come with status 200, in a stream and in a whole answer.
 */

import type { ResponseHead, TransportFailure } from "../../transport/mod.ts";
import type { Answer } from "../answer.ts";
import { withoutEcho } from "./generate_body.ts";
import { endsWithinLine, SseReader } from "../sse_reader.ts";

/** A response of the model. What it holds beside the text is up to the backend; these are vLLM's. */
interface Output {
  readonly model_name?: unknown;
  readonly text_output?: unknown;
  /** A text also where there is none yet: `None`. */
  readonly finish_reason?: unknown;
  readonly num_input_tokens?: unknown;
  /** Tokens of this response alone. */
  readonly num_output_tokens?: unknown;
}

interface Piece {
  readonly text: string;
  readonly at_ms: number;
}

export interface TritonReaderOptions {
  /** Taken off where the text begins with it. */
  readonly prompt: string;
  readonly stream: boolean;
  /** Whether each event repeats the text so far; null: the events tell. */
  readonly cumulative: boolean | null;
  readonly secrets?: readonly string[];
}

export class TritonReader extends SseReader {
  readonly #prompt: string;
  readonly #cumulative: boolean | null;
  /** Kept until the end: only all events together show whether each repeats the text so far. */
  readonly #pieces: Piece[] = [];
  #events = 0;
  /** Whether the last byte so far is within a line. */
  #open = false;

  constructor({ prompt, stream, cumulative, secrets = [] }: TritonReaderOptions) {
    super(stream, secrets);
    this.#prompt = prompt;
    this.#cumulative = cumulative;
  }

  /** Triton's own answers have no id; what stands before it may set one. */
  protected override headers({ headers }: ResponseHead): void {
    this.draft.server_request_id = headers.get("x-request-id") ?? null;
  }

  protected override part(bytes: Uint8Array, at_ms: number): void {
    this.#open = endsWithinLine(bytes);
    super.part(bytes, at_ms);
  }

  protected endOfStream(failure: TransportFailure | null): void {
    const { draft } = this;
    const before = this.#events;
    this.flush();
    if (failure !== null) return draft.cut(failure);
    const broken = this.#open && this.#events === before;
    if (broken) return draft.fail({ kind: "stream", message: "the stream ended within an event" });
    if (this.#events === 0) {
      return draft.fail({ kind: "stream", message: "the stream ended without an event" });
    }
    draft.terminated = draft.error === null;
  }

  protected whole(bytes: Uint8Array): void {
    const { draft } = this;
    const output = this.#output(new TextDecoder().decode(bytes));
    if (output === null) return;
    const text = textIn(output);
    if (text === null) return draft.fail({ kind: "parse", message: "the answer has no text_output" });
    draft.text = withoutEcho(text, this.#prompt);
    draft.terminated = true;
  }

  protected event(data: string, at_ms: number): void {
    this.#events++;
    if (this.draft.error !== null) return;
    const output = this.#output(data);
    const text = output === null ? "" : textIn(output) ?? "";
    if (text !== "") this.#pieces.push({ text, at_ms });
  }

  /** Each piece is what it adds to the text. */
  protected override settled(): Answer {
    const { draft } = this;
    const texts = this.#pieces.map(({ text }) => text);
    const cumulative = this.#cumulative ?? isCumulative(texts, this.#prompt);
    let before = texts[0]?.startsWith(this.#prompt) ? this.#prompt : "";
    for (const [i, { text, at_ms }] of this.#pieces.entries()) {
      const added = cumulative || i === 0 ? withoutEcho(text, before) : text;
      if (cumulative) before = text;
      if (added === "") continue;
      draft.chunk(at_ms, true);
      draft.text += added;
    }
    return draft.answer();
  }

  /** What the model put out; null after noting what is wrong with it. */
  #output(text: string): Output | null {
    const output: Output | null = this.said(text);
    if (output !== null) this.#note(output);
    return output;
  }

  #note({ model_name, finish_reason, num_input_tokens, num_output_tokens }: Output): void {
    const { draft } = this;
    const { usage } = draft;
    if (typeof model_name === "string") draft.served_model = model_name;
    if (typeof finish_reason === "string" && !/^(none|null)?$/i.test(finish_reason)) {
      draft.stop_reason = finish_reason;
    }
    const prompt_tokens = typeof num_input_tokens === "number" ? num_input_tokens : usage.prompt_tokens;
    const completion_tokens = typeof num_output_tokens === "number"
      ? (usage.completion_tokens ?? 0) + num_output_tokens
      : usage.completion_tokens;
    draft.usage = { ...usage, prompt_tokens, completion_tokens };
  }
}

/** The text of a response; of several the first. */
function textIn({ text_output }: Output): string | null {
  const first: unknown = Array.isArray(text_output) ? text_output[0] : text_output;
  return typeof first === "string" ? first : null;
}

/**
 * Whether every text begins with the one before it. By chance two tokens may do so (`1`, `10`), so it takes two steps that add
 * something, or the prompt at the beginning of all.
 */
function isCumulative(texts: readonly string[], prompt: string): boolean {
  const steps = texts.slice(1);
  if (!steps.every((text, i) => text.startsWith(texts[i] ?? ""))) return false;
  const longer = steps.filter((text, i) => text.length > (texts[i] ?? "").length).length;
  return longer > 1 || longer > 0 && prompt !== "" && texts.every((text) => text.startsWith(prompt));
}
