/**
 * Answers of servers that generate for `inputs`: whole ones, and streams of tokens as server-sent events or as JSON Lines,
 * whichever comes. TGI, DJL Serving, and many containers behind SageMaker.
 *
 * A stream's end mark is the event that has `generated_text` or a finish reason. DJL's older form, `{"outputs": ["..."]}` for
 * each token, has none: there the end of the body is the end.
 */

import type { ResponseHead, TransportFailure } from "../../transport/mod.ts";
import { statusError } from "../failure.ts";
import { withoutEcho } from "./generate_body.ts";
import { JsonLinesScanner } from "../json_lines_scanner.ts";
import { endsWithinLine, isJson, SseReader } from "../sse_reader.ts";

/** One event of a stream, or a whole answer, as far as they are read. Servers differ: every field may be missing. */
interface Generated {
  readonly token?:
    | { readonly text?: unknown; readonly special?: unknown; readonly special_token?: unknown }
    | null;
  readonly outputs?: unknown;
  readonly generated_text?: unknown;
  readonly details?: Details | null;
}

interface Details {
  readonly finish_reason?: unknown;
  readonly generated_tokens?: unknown;
  /** Prompt tokens, by two names. */
  readonly input_length?: unknown;
  readonly prompt_tokens?: unknown;
}

export interface GenerateReaderOptions {
  /** Taken off where an answer begins with it. */
  readonly prompt: string;
  /** Whether a stream was asked for: counts for an answer that doesn't say what it is. */
  readonly stream: boolean;
  readonly secrets?: readonly string[];
}

export class GenerateReader extends SseReader {
  readonly #prompt: string;
  readonly #asked: boolean;
  #lines: JsonLinesScanner | null = null;
  #begun = false;
  #ending = false;
  /** Whether the last byte so far is within a line. */
  #open = false;
  #events = 0;
  /** Whether the events are of the form that has an end mark. */
  #marks = false;

  constructor({ prompt, stream, secrets = [] }: GenerateReaderOptions) {
    super(stream, secrets);
    this.#prompt = prompt;
    this.#asked = stream;
  }

  protected override isStream({ headers }: ResponseHead): boolean {
    const type = headers.get("content-type") ?? "";
    if (/event-stream|jsonlines|ndjson/.test(type)) return true;
    return !type.includes("application/json") && this.#asked;
  }

  protected override headers({ headers }: ResponseHead): void {
    const { draft } = this;
    draft.server_request_id = headers.get("x-request-id") ?? null;
    draft.server_latency_ms = numberIn(headers.get("x-total-time"));
    this.#count(numberIn(headers.get("x-prompt-tokens")), numberIn(headers.get("x-generated-tokens")));
  }

  /** DJL's full queue is a 503. */
  protected override refused(head: ResponseHead, body: string): void {
    const error = statusError(head.status, body, this.secrets);
    this.draft.fail(body.includes("WlmCapacityException") ? { ...error, kind: "throttled" } : error);
  }

  /** A stream shows by its first byte what it is: only JSON Lines begin with a brace. */
  protected override part(bytes: Uint8Array, at_ms: number): void {
    const first = this.#begun ? undefined : bytes.find((byte) => byte > 0x20);
    if (first !== undefined) {
      this.#begun = true;
      if (first === 0x7b) this.#lines = new JsonLinesScanner(({ text, at_ms }) => this.#line(text, at_ms));
    }
    this.#open = endsWithinLine(bytes);
    if (this.#lines === null) super.part(bytes, at_ms);
    else this.#lines.push(bytes, at_ms);
  }

  protected endOfStream(failure: TransportFailure | null): void {
    const { draft } = this;
    const before = this.#events;
    this.#ending = true;
    if (this.#lines === null) this.flush();
    else this.#lines.end();
    if (draft.terminated) return;
    if (failure !== null) return draft.cut(failure);
    const fault = this.#faultAtEnd(this.#open && this.#events === before);
    if (fault !== null) draft.fail({ kind: "stream", message: fault });
    draft.terminated = draft.error === null;
  }

  /** What keeps a stream that is over from being an answer; null: nothing. */
  #faultAtEnd(withinLine: boolean): string | null {
    if (withinLine) return "the stream ended within an event";
    if (this.#events === 0) return "the stream ended without an event";
    return this.#marks ? "the stream ended without its end: no event had generated_text" : null;
  }

  protected whole(bytes: Uint8Array): void {
    const { draft } = this;
    const body: Generated | null = this.said(firstOf(new TextDecoder().decode(bytes)));
    if (body === null) return;
    const text = body.generated_text ?? firstText(body.outputs);
    if (typeof text !== "string") {
      return draft.fail({ kind: "parse", message: "the answer has no generated_text" });
    }
    draft.text = withoutEcho(text, this.#prompt);
    draft.terminated = this.#details(body.details);
  }

  protected event(data: string, at_ms: number): void {
    const { draft } = this;
    // Newer versions of DJL send an empty event before they close.
    if (data.trim() === "") return;
    this.#events++;
    if (draft.terminated || draft.error !== null) return;
    const body: Generated | null = this.said(data);
    if (body === null) return;
    const { token, outputs, generated_text } = body;
    if (outputs === undefined) this.#marks = true;
    const special = token?.special === true || token?.special_token === true;
    const text = special ? "" : token?.text ?? firstText(outputs);
    if (typeof text === "string" && text !== "") {
      draft.chunk(at_ms, true);
      draft.text += text;
    }
    if (!this.#details(body.details)) return;
    if (typeof generated_text === "string") draft.text = withoutEcho(generated_text, this.#prompt);
    else if (draft.stop_reason === null) return;
    draft.terminated = true;
    draft.terminated_ms = at_ms;
  }

  #line(text: string, at_ms: number): void {
    if (!this.#ending || isJson(text)) this.event(text, at_ms);
  }

  /** Notes what is told about the answer. Returns whether it is one: DJL tells a failure by the finish reason alone. */
  #details(details: Details | null | undefined): boolean {
    const { finish_reason, generated_tokens, input_length, prompt_tokens } = details ?? {};
    this.#count(countOf(input_length) ?? countOf(prompt_tokens), countOf(generated_tokens));
    if (typeof finish_reason !== "string") return true;
    this.draft.stop_reason = finish_reason;
    if (finish_reason !== "error") return true;
    this.draft.fail({ kind: "stream", message: "the server ended the generation with finish_reason error" });
    return false;
  }

  #count(prompt_tokens: number | null, completion_tokens: number | null): void {
    const { usage } = this.draft;
    this.draft.usage = {
      ...usage,
      prompt_tokens: prompt_tokens ?? usage.prompt_tokens,
      completion_tokens: completion_tokens ?? usage.completion_tokens,
    };
  }
}

/** TGI answers `/` and `/invocations` with a list of one. */
function firstOf(text: string): string {
  if (!text.trimStart().startsWith("[") || !isJson(text)) return text;
  return JSON.stringify(JSON.parse(text)[0] ?? null);
}

function firstText(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : value;
}

function countOf(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

function numberIn(text: string | undefined): number | null {
  const value = Number(text ?? NaN);
  return text === "" || !Number.isFinite(value) ? null : value;
}
