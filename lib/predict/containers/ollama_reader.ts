/** Reading Ollama's own answers: an object a line when they are streamed, the last of them with the figures. */

import type { ResponseHead, TransportFailure } from "../../transport/mod.ts";
import type { Answer } from "../answer.ts";
import { JsonLinesScanner } from "../json_lines_scanner.ts";
import { addToolCalls, type Message, type ToolCall } from "../openai/openai_body.ts";
import { ResponseReader } from "../response_reader.ts";
import { isJson } from "../sse_reader.ts";

export const generateRoute = "/api/generate";
export const chatRoute = "/api/chat";

const nanosecondsAMillisecond = 1e6;

/** A line, or a whole answer. Durations are nanoseconds. */
interface Body {
  readonly model?: string;
  /** `/api/generate` */
  readonly response?: string;
  readonly thinking?: string;
  /** `/api/chat` */
  readonly message?: {
    readonly content?: string | null;
    readonly thinking?: string | null;
    readonly tool_calls?: Message["tool_calls"];
  };
  readonly done?: boolean;
  readonly done_reason?: string;
  readonly total_duration?: number;
  readonly prompt_eval_count?: number;
  /** Thinking included. */
  readonly eval_count?: number;
}

export class OllamaReader extends ResponseReader {
  readonly #asked: boolean;
  readonly #scanner = new JsonLinesScanner(({ text, at_ms }) => this.#line(text, at_ms));
  readonly #calls: ToolCall[] = [];
  #ending = false;

  /** @param asked whether a stream was asked for; see `SseReader` */
  constructor(asked: boolean, secrets: readonly string[]) {
    super(secrets);
    this.#asked = asked;
  }

  protected isStream({ headers }: ResponseHead): boolean {
    const type = headers.get("content-type") ?? "";
    return type === "" ? this.#asked : type.includes("ndjson") || type.includes("jsonl");
  }

  protected part(bytes: Uint8Array, at_ms: number): void {
    this.#scanner.push(bytes, at_ms);
  }

  protected endOfStream(failure: TransportFailure | null): void {
    this.#ending = true;
    this.#scanner.end();
    const { draft } = this;
    if (draft.terminated) return;
    if (failure !== null) return draft.cut(failure);
    draft.fail({ kind: "stream", message: "the stream ended without a line that says done" });
  }

  protected whole(bytes: Uint8Array): void {
    const { draft } = this;
    const body: Body | null = this.said(new TextDecoder().decode(bytes));
    if (body === null) return;
    draft.text = this.#taken(body).text;
    this.#common(body);
    if (!draft.terminated) draft.fail({ kind: "parse", message: "the answer does not say done" });
  }

  protected override settled(): Answer {
    const { draft } = this;
    if (draft.text === "" && this.#calls.length > 0) draft.text = JSON.stringify(this.#calls);
    return draft.answer();
  }

  #line(text: string, at_ms: number): void {
    const { draft } = this;
    if (draft.terminated || draft.error !== null) return;
    // Half a line at the end is no line: the answer was cut.
    if (this.#ending && !isJson(text)) return;
    const body: Body | null = this.said(text);
    if (body === null) return;
    const taken = this.#taken(body);
    if (taken.text !== "" || taken.calls) draft.chunk(at_ms, true);
    else if (taken.reasoning !== "") draft.chunk(at_ms, false);
    draft.text += taken.text;
    if (body.done) draft.terminated_ms = at_ms;
    this.#common(body);
  }

  #taken({ response, thinking, message }: Body): { text: string; reasoning: string; calls: boolean } {
    // Unlike OpenAI's, each call comes whole, and those of a later line go on counting.
    const calls = (message?.tool_calls ?? []).map((call, i) => ({ ...call, index: this.#calls.length + i }));
    return {
      text: message?.content ?? response ?? "",
      reasoning: message?.thinking ?? thinking ?? "",
      calls: addToolCalls(this.#calls, calls),
    };
  }

  #common(body: Body): void {
    const { draft } = this;
    if (body.model) draft.served_model = body.model;
    if (!body.done) return;
    draft.terminated = true;
    draft.stop_reason = body.done_reason ?? null;
    draft.usage = {
      ...draft.usage,
      prompt_tokens: body.prompt_eval_count ?? null,
      completion_tokens: body.eval_count ?? null,
    };
    const { total_duration } = body;
    if (total_duration !== undefined) draft.server_latency_ms = total_duration / nanosecondsAMillisecond;
  }
}
