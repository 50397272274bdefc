/** The part of reading that all protocols over HTTP share: heads, errors, whole bodies, and which of them it is. */

import type { ResponseHead, TransportFailure } from "../transport/mod.ts";
import type { Answer } from "./answer.ts";
import { AnswerDraft } from "./answer_draft.ts";
import { errorIn } from "./error_body.ts";
import { clipped, statusError } from "./failure.ts";
import type { AnswerReader } from "./predictor.ts";

/** Error bodies and whole answers are kept up to this many bytes. */
const longestBody = 64 << 20;

/** A protocol extends it by what its bodies say. */
export abstract class ResponseReader implements AnswerReader {
  protected readonly draft = new AnswerDraft();
  protected readonly secrets: readonly string[];
  #head: ResponseHead | null = null;
  #streamed = false;
  readonly #parts: Uint8Array[] = [];
  #kept = 0;

  /** @param secrets what no message may hold */
  constructor(secrets: readonly string[] = []) {
    this.secrets = secrets;
  }

  onHead(head: ResponseHead): void {
    this.#head = head;
    this.#streamed = head.status >= 200 && head.status < 300 && this.isStream(head);
    this.headers(head);
  }

  onData(bytes: Uint8Array, at_ms: number): void {
    if (this.#streamed) return this.#guarded(() => this.part(bytes, at_ms));
    if (this.#kept >= longestBody) return;
    this.#parts.push(bytes.slice());
    this.#kept += bytes.length;
  }

  finish(failure: TransportFailure | null): Answer {
    const { draft } = this;
    const head = this.#head;
    if (head === null) draft.cut(failure);
    else this.#guarded(() => this.#streamed ? this.endOfStream(failure) : this.#whole(head, failure));
    return this.settled();
  }

  /** A member of the wrong type shows when it is used. What a server sends is never thrown at whoever reads it. */
  #guarded(read: () => void): void {
    try {
      read();
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      const message = clipped(`not as the protocol has it: ${error.message}`, this.secrets);
      this.draft.fail({ kind: "parse", message });
    }
  }

  /** Whether a successful answer with this head comes piece by piece. */
  protected abstract isStream(head: ResponseHead): boolean;

  /** A piece of a stream. */
  protected abstract part(bytes: Uint8Array, at_ms: number): void;

  /** The stream is over; `failure`: it did not end by itself. An end without the protocol's own mark is to be noted. */
  protected abstract endOfStream(failure: TransportFailure | null): void;

  /** A successful answer that came in one piece. */
  protected abstract whole(body: Uint8Array): void;

  /** What the headers say of the answer. */
  protected headers(_head: ResponseHead): void {}

  /** An answer that is an error by its status. */
  protected refused(head: ResponseHead, body: string): void {
    this.draft.fail(statusError(head.status, body, this.secrets));
  }

  /** The last word. */
  protected settled(): Answer {
    return this.draft.answer();
  }

  /** A text as a JSON object; null after noting what is wrong with it. */
  protected object(text: string): Readonly<Record<string, unknown>> | null {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      const message = clipped(`not JSON: ${JSON.stringify(text.slice(0, 200))}`, this.secrets);
      this.draft.fail({ kind: "parse", message });
      return null;
    }
    if (value === null || typeof value !== "object" || Array.isArray(value)) {
      this.draft.fail({ kind: "parse", message: "not a JSON object" });
      return null;
    }
    return value as Readonly<Record<string, unknown>>;
  }

  /** A text as a JSON object that is no error; null after noting what it says instead. */
  protected said(text: string): Readonly<Record<string, unknown>> | null {
    const body = this.object(text);
    const error = body === null ? null : errorIn(body, this.secrets);
    if (error !== null) this.draft.fail(error);
    return error === null ? body : null;
  }

  #whole(head: ResponseHead, failure: TransportFailure | null): void {
    const body = joined(this.#parts, this.#kept);
    if (head.status < 200 || head.status > 299) return this.refused(head, new TextDecoder().decode(body));
    if (failure !== null) return this.draft.cut(failure);
    this.whole(body);
  }
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** A protocol whose answers come in one piece. */
export abstract class WholeReader extends ResponseReader {
  protected isStream(): boolean {
    return false;
  }

  protected part(): void {}

  protected endOfStream(): void {}
}
