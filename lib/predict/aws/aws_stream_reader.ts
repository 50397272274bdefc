/** Reading answers of AWS's inference services: event streams and their exceptions, error names, the request's id. */

import { EventStreamScanner, type ResponseHead, type TransportFailure } from "../../transport/mod.ts";
import { breakOf, refusalOf } from "./aws_failure.ts";
import { clipped } from "../failure.ts";
import { ResponseReader } from "../response_reader.ts";

const decoder = new TextDecoder();

/** A service extends it by what its events and whole answers say. */
export abstract class AwsStreamReader extends ResponseReader {
  readonly #asked: boolean;
  readonly #scanner = new EventStreamScanner(({ headers, payload, at_ms }) => {
    if (this.draft.error !== null || this.draft.terminated) return;
    const header = (name: string) => String(headers.get(name) ?? "");
    const type = header(":message-type");
    if (type === "event") this.event(header(":event-type"), payload, at_ms);
    else if (type === "exception") {
      this.draft.fail(breakOf(header(":exception-type"), decoder.decode(payload), this.secrets));
    } else {
      const message = JSON.stringify({ message: header(":error-message") });
      this.draft.fail(breakOf(header(":error-code") || type, message, this.secrets));
    }
  });

  /** @param asked whether the answer was asked for as a stream */
  constructor(asked: boolean, secrets: readonly string[]) {
    super(secrets);
    this.#asked = asked;
  }

  /** One event. `payload` is valid only during the call. */
  protected abstract event(type: string, payload: Uint8Array, at_ms: number): void;

  /** The stream ended by itself, between two events and without an error: whether that was its end is to be noted. */
  protected abstract ended(): void;

  protected isStream({ headers }: ResponseHead): boolean {
    const type = headers.get("content-type") ?? "";
    return type === "" ? this.#asked : type.includes("application/vnd.amazon.eventstream");
  }

  protected override headers({ headers }: ResponseHead): void {
    this.draft.server_request_id = headers.get("x-amzn-requestid") ?? null;
  }

  protected override refused(head: ResponseHead, body: string): void {
    this.draft.fail(refusalOf(head, body, this.secrets));
  }

  protected part(bytes: Uint8Array, at_ms: number): void {
    this.#scanner.push(bytes, at_ms);
  }

  protected endOfStream(failure: TransportFailure | null): void {
    const { draft } = this;
    if (draft.terminated) return;
    const broken = this.broken(failure);
    if (broken !== null) draft.cut(broken);
    else if (draft.error === null) this.ended();
  }

  /** Why the stream is not whole as a stream of messages: what was wrong with them, the cut, or an end in the middle of one. */
  protected broken(failure: TransportFailure | null): TransportFailure | null {
    const { fault, unfinished } = this.#scanner;
    if (fault !== null) return { kind: "parse", message: clipped(fault) };
    if (failure !== null || !unfinished) return failure;
    return { kind: "stream", message: "the stream ended in the middle of a message" };
  }

  /** The JSON object that an event's payload is; null after noting that it is none. */
  protected payload(bytes: Uint8Array): Readonly<Record<string, unknown>> | null {
    return this.object(decoder.decode(bytes));
  }
}
