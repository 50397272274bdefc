/** An answer kept as it came, to be read by the SDK later. */

import type { ResponseHead, ResponseSink, TransportFailure } from "../transport/mod.ts";

/** All that came of one answer. */
export interface RecordedAnswer {
  /** null: not even the headers came. */
  readonly head: ResponseHead | null;
  /** The body in the pieces that it came in. */
  readonly body: readonly Uint8Array[];
  /** Why it is not whole; null: it is. */
  readonly failure: TransportFailure | null;
}

/** Copies what a transport delivers; nothing else is done between two reads. */
export class Recording implements ResponseSink {
  #head: ResponseHead | null = null;
  readonly #body: Uint8Array[] = [];

  onHead(head: ResponseHead): void {
    this.#head = head;
  }

  onData(bytes: Uint8Array): void {
    this.#body.push(bytes.slice());
  }

  /** What has come. @param failure of the exchange's result */
  answer(failure: TransportFailure | null): RecordedAnswer {
    return { head: this.#head, body: this.#body, failure };
  }
}
