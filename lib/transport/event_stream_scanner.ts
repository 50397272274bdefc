/**
 * AWS event-stream messages out of bytes, cut anywhere.
 *
 * A message is, big-endian: its length (4 bytes), the length of its headers (4), the CRC32 of these eight (4), headers,
 * payload, the CRC32 of all before (4).
 */

import { crc32 } from "node:zlib";
import { EventStreamError, type EventStreamHeader, eventStreamHeaders } from "./event_stream_headers.ts";

/** One message. */
export interface EventStreamMessage {
  readonly headers: ReadonlyMap<string, EventStreamHeader>;
  /** Valid only during the call: the buffer is used again. */
  readonly payload: Uint8Array;
  /** Stamp of the read that completed the message. */
  readonly at_ms: number;
  /** Whether that read had completed an earlier message, so that this one's own arrival is not known. */
  readonly shared_read: boolean;
}

const preludeLength = 12;
const shortest = 16;
/** The services send parts far below it; a length beyond it is a broken prelude that its checksum let through. */
const longest = 32 << 20;
const nothing = new Uint8Array(0);

/** Scans one stream. After a fault nothing more is given out: where the next message begins is not known. */
export class EventStreamScanner {
  readonly #onMessage: (message: EventStreamMessage) => void;
  /** The unfinished message of earlier reads: the first `#keptLength` bytes. */
  #kept = nothing;
  #keptLength = 0;
  #lastStamp: number | null = null;
  #fault: string | null = null;

  constructor(onMessage: (message: EventStreamMessage) => void) {
    this.#onMessage = onMessage;
  }

  /** What is wrong with the stream; null while it is right. */
  get fault(): string | null {
    return this.#fault;
  }

  /** Whether a message has begun that is not whole. */
  get unfinished(): boolean {
    return this.#keptLength > 0;
  }

  /** Takes bytes of the body with the stamp of the read that brought them. */
  push(bytes: Uint8Array, at_ms: number): void {
    let at = 0;
    while (at < bytes.length && this.#fault === null) {
      if (this.#keptLength > 0) at += this.#complete(bytes.subarray(at), at_ms);
      else {
        const rest = bytes.subarray(at);
        const length = this.#lengthOf(rest);
        if (length === null || rest.length < length) return this.#keep(rest);
        this.#message(rest.subarray(0, length), at_ms);
        at += length;
      }
    }
  }

  /** Adds to the kept message what it lacks. Returns how much that was. */
  #complete(bytes: Uint8Array, at_ms: number): number {
    const before = this.#keptLength;
    if (before < preludeLength) {
      this.#keep(bytes.subarray(0, preludeLength - before));
      return this.#keptLength - before;
    }
    const length = this.#lengthOf(this.#kept.subarray(0, before));
    if (length === null) return bytes.length;
    this.#keep(bytes.subarray(0, length - before));
    const taken = this.#keptLength - before;
    if (this.#keptLength === length) {
      this.#keptLength = 0;
      this.#message(this.#kept.subarray(0, length), at_ms);
    }
    return taken;
  }

  /** The length of the message; null when it can't be known yet, or the prelude is wrong. */
  #lengthOf(bytes: Uint8Array): number | null {
    if (bytes.length < preludeLength) return null;
    const length = uint32(bytes, 0);
    if (crc32(bytes.subarray(0, 8)) !== uint32(bytes, 8)) {
      return this.#refuse("a prelude with a wrong checksum");
    }
    if (length < shortest + uint32(bytes, 4) || length > longest) {
      return this.#refuse(`a message of ${length} bytes with headers of ${uint32(bytes, 4)}`);
    }
    return length;
  }

  #message(bytes: Uint8Array, at_ms: number): void {
    const end = bytes.length - 4;
    if (crc32(bytes.subarray(0, end)) !== uint32(bytes, end)) {
      this.#refuse("a message with a wrong checksum");
      return;
    }
    const headersEnd = preludeLength + uint32(bytes, 4);
    let headers: Map<string, EventStreamHeader>;
    try {
      headers = eventStreamHeaders(bytes.subarray(preludeLength, headersEnd));
    } catch (error) {
      if (!(error instanceof EventStreamError)) throw error;
      this.#refuse(error.message);
      return;
    }
    const shared_read = this.#lastStamp === at_ms;
    this.#lastStamp = at_ms;
    this.#onMessage({ headers, payload: bytes.subarray(headersEnd, end), at_ms, shared_read });
  }

  #refuse(fault: string): null {
    this.#fault = fault;
    return null;
  }

  #keep(bytes: Uint8Array): void {
    const needed = this.#keptLength + bytes.length;
    if (needed > this.#kept.length) {
      const larger = new Uint8Array(Math.max(1024, this.#kept.length * 2, needed));
      larger.set(this.#kept.subarray(0, this.#keptLength));
      this.#kept = larger;
    }
    this.#kept.set(bytes, this.#keptLength);
    this.#keptLength = needed;
  }
}

function uint32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24 | bytes[at + 1]! << 16 | bytes[at + 2]! << 8 | bytes[at + 3]!) >>> 0;
}
