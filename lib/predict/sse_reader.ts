/** Reading answers that come as server-sent events when they are streamed. */

import { type ResponseHead, SseScanner } from "../transport/mod.ts";
import { ResponseReader } from "./response_reader.ts";

const emptyLine = new TextEncoder().encode("\n\n");

/** A protocol extends it by what its events say. */
export abstract class SseReader extends ResponseReader {
  readonly #asked: boolean;
  readonly #scanner = new SseScanner(({ data, at_ms }) => this.#event(data, at_ms));
  #last_ms = 0;
  #flushing = false;

  /**
   * @param asked whether a stream was asked for; a server that does not name the type of its answer is believed to obey
   * @param secrets what no message may hold
   */
  constructor(asked: boolean, secrets: readonly string[] = []) {
    super(secrets);
    this.#asked = asked;
  }

  protected isStream({ headers }: ResponseHead): boolean {
    const type = headers.get("content-type") ?? "";
    return type === "" ? this.#asked : type.includes("text/event-stream");
  }

  protected part(bytes: Uint8Array, at_ms: number): void {
    this.#last_ms = at_ms;
    this.#scanner.push(bytes, at_ms);
  }

  /** Takes the data of an event with the stamp of the read that completed it. */
  protected abstract event(data: string, at_ms: number): void;

  /** Gives out a last event that has everything but the empty line behind it; half an event is none. */
  protected flush(): void {
    this.#flushing = true;
    this.#scanner.push(emptyLine, this.#last_ms);
  }

  #event(data: string, at_ms: number): void {
    if (!this.#flushing || data.trim() === "[DONE]" || isJson(data)) this.event(data, at_ms);
  }
}

/** Whether a text is JSON to its end. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Whether bytes stop before the end of a line. */
export function endsWithinLine(bytes: Uint8Array): boolean {
  const last = bytes.at(-1);
  return last !== undefined && last !== 0x0a && last !== 0x0d;
}
