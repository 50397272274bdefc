/** Streams of events whose content somebody else describes: how they are framed, and how they end. */

import { type ResponseHead, SseScanner, type TransportFailure } from "../../transport/mod.ts";
import { clipped } from "../failure.ts";
import { JsonLinesScanner } from "../json_lines_scanner.ts";
import { ResponseReader } from "../response_reader.ts";

/** How the events of a stream are told from each other. */
export type Framing = "sse" | "json_lines";

export interface EventReaderOptions {
  /** null: answers come whole. */
  readonly framing: Framing | null;
  /** Whether the answer was asked for piece by piece. */
  readonly stream: boolean;
  readonly secrets: readonly string[];
}

/** Reads a stream event by event, the last one also without its end; what an event says is up to who extends it. */
export abstract class EventReader extends ResponseReader {
  readonly #options: EventReaderOptions;
  readonly #scanner: { push(bytes: Uint8Array, at_ms: number): void; end(): void };
  /** Whether the stream is over and what comes is its unfinished rest. */
  #ending = false;
  #last_ms = 0;

  constructor(options: EventReaderOptions) {
    super(options.secrets);
    this.#options = options;
    if (options.framing === "json_lines") {
      this.#scanner = new JsonLinesScanner(({ text, at_ms }) => this.#onEvent(text, "", at_ms));
      return;
    }
    const scanner = new SseScanner(({ data, event, at_ms }) => this.#onEvent(data, event, at_ms));
    const blank = new TextEncoder().encode("\n\n");
    this.#scanner = {
      push: (bytes, at_ms) => scanner.push(bytes, at_ms),
      end: () => scanner.push(blank, this.#last_ms),
    };
  }

  /** Takes an event, unless the stream has ended or failed before. `name`: its `event` field; empty for JSON lines. */
  protected abstract event(data: string, name: string, at_ms: number): void;

  /** What ends the stream, as the ends of sentences; empty: the end of a whole response does. */
  protected abstract marks(): readonly string[];

  protected isStream({ headers }: ResponseHead): boolean {
    const { framing, stream } = this.#options;
    const type = headers.get("content-type") ?? "";
    if (framing === null) return false;
    if (framing === "json_lines") return stream;
    return type.includes("text/event-stream") || stream && !type.includes("json");
  }

  protected override headers({ headers }: ResponseHead): void {
    this.draft.server_request_id = headers.get("x-request-id") ?? null;
  }

  protected part(bytes: Uint8Array, at_ms: number): void {
    this.#last_ms = at_ms;
    this.#scanner.push(bytes, at_ms);
  }

  protected endOfStream(failure: TransportFailure | null): void {
    const { draft } = this;
    if (failure === null) {
      this.#ending = true;
      this.#scanner.end();
    }
    if (draft.terminated) return;
    if (failure !== null) return draft.cut(failure);
    const marks = this.marks();
    if (draft.stop_reason !== null || marks.length === 0) return;
    draft.fail({ kind: "stream", message: `the stream ended without ${marks.join(" and without ")}` });
  }

  /** The protocol's own end has come. */
  protected end(at_ms: number): void {
    this.draft.terminated = true;
    this.draft.terminated_ms = at_ms;
  }

  /** Takes note of an event or an answer that can't be read; of a stream's unfinished rest, that it was cut. */
  protected unreadable(message: string): void {
    this.draft.fail(
      this.#ending
        ? { kind: "stream", message: "the stream ended within an event" }
        : { kind: "parse", message: clipped(message, this.secrets) },
    );
  }

  #onEvent(data: string, name: string, at_ms: number): void {
    if (!this.draft.terminated && this.draft.error === null) this.event(data, name, at_ms);
  }
}
