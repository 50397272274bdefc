/** Server-sent events out of bytes, cut anywhere (WHATWG HTML, section 9.2.6). */

/** One event. */
export interface SseEvent {
  /** The `event` field; `message` when it has none. */
  readonly event: string;
  /** The `data` lines, joined by line feeds. */
  readonly data: string;
  readonly id: string | null;
  /** Stamp of the read that completed the event. */
  readonly at_ms: number;
  /** Whether that read had completed an earlier event, so that this one's own arrival is not known. */
  readonly shared_read: boolean;
  /** Whether bytes that are no UTF-8 were replaced by U+FFFD. */
  readonly repaired: boolean;
}

const LF = 10;
const CR = 13;
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder("utf-8", { ignoreBOM: true });
const nothing = new Uint8Array(0);

/** Scans one stream. An event that is not ended by an empty line is never given out. */
export class SseScanner {
  readonly #onEvent: (event: SseEvent) => void;
  /** The unfinished line of earlier reads: the first `#keptLength` bytes. */
  #kept = nothing;
  #keptLength = 0;
  #afterCr = false;
  #firstLine = true;
  #data: string | null = null;
  #event = "";
  #id: string | null = null;
  #repaired = false;
  #lastStamp: number | null = null;

  constructor(onEvent: (event: SseEvent) => void) {
    this.#onEvent = onEvent;
  }

  /** Takes bytes of the body with the stamp of the read that brought them. */
  push(bytes: Uint8Array, at_ms: number): void {
    let start = 0;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i];
      if (byte !== LF && byte !== CR) {
        this.#afterCr = false;
        continue;
      }
      const secondHalf = byte === LF && this.#afterCr;
      this.#afterCr = byte === CR;
      if (!secondHalf) this.#line(this.#whole(bytes.subarray(start, i)), at_ms);
      start = i + 1;
    }
    if (start < bytes.length) this.#keep(bytes.subarray(start));
  }

  #whole(tail: Uint8Array): Uint8Array {
    if (this.#keptLength === 0) return tail;
    this.#keep(tail);
    const line = this.#kept.subarray(0, this.#keptLength);
    this.#keptLength = 0;
    return line;
  }

  /** The buffer doubles, so that a long line that comes in small pieces is not copied once a piece. */
  #keep(bytes: Uint8Array): void {
    const needed = this.#keptLength + bytes.length;
    if (needed > this.#kept.length) {
      const larger = new Uint8Array(Math.max(256, this.#kept.length * 2, needed));
      larger.set(this.#kept.subarray(0, this.#keptLength));
      this.#kept = larger;
    }
    this.#kept.set(bytes, this.#keptLength);
    this.#keptLength = needed;
  }

  #line(bytes: Uint8Array, at_ms: number): void {
    let line = bytes;
    if (this.#firstLine) {
      this.#firstLine = false;
      if (line[0] === 0xef && line[1] === 0xbb && line[2] === 0xbf) line = line.subarray(3);
    }
    if (line.length === 0) return this.#dispatch(at_ms);
    const colon = line.indexOf(0x3a);
    if (colon === 0) return;
    const name = fieldName(line, colon < 0 ? line.length : colon);
    if (name !== "data" && name !== "event" && name !== "id") return;
    const value = colon < 0 ? "" : this.#decode(line.subarray(colon + (line[colon + 1] === 0x20 ? 2 : 1)));
    if (name === "data") this.#data = this.#data === null ? value : `${this.#data}\n${value}`;
    else if (name === "event") this.#event = value;
    else if (!value.includes("\0")) this.#id = value;
  }

  /** Strict decoding takes three times as long, so it is asked only when a replacement shows up. */
  #decode(bytes: Uint8Array): string {
    const text = lenient.decode(bytes);
    if (text.includes("\uFFFD") && !isUtf8(bytes)) this.#repaired = true;
    return text;
  }

  #dispatch(at_ms: number): void {
    const data = this.#data;
    const event = this.#event || "message";
    const repaired = this.#repaired;
    this.#data = null;
    this.#event = "";
    this.#repaired = false;
    if (data === null) return;
    const shared_read = this.#lastStamp === at_ms;
    this.#lastStamp = at_ms;
    this.#onEvent({ event, data, id: this.#id, at_ms, shared_read, repaired });
  }
}

/** U+FFFD may have been sent as such. */
function isUtf8(bytes: Uint8Array): boolean {
  try {
    strict.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** `data` is nearly every line: it is known by its bytes. */
function fieldName(line: Uint8Array, length: number): string {
  const isData = length === 4 && line[0] === 0x64 && line[1] === 0x61 && line[2] === 0x74 && line[3] === 0x61;
  return isData ? "data" : lenient.decode(line.subarray(0, length));
}
