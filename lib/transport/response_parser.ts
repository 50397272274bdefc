/** HTTP/1.1 responses out of bytes, cut anywhere (RFC 9112). */

import type { ResponseHead, ResponseSink } from "./wire.ts";

/** What came is no HTTP/1.1 response. */
export class FramingError extends Error {
  override readonly name = "FramingError";
}

type Stage = "head" | "fixed" | "until-close" | "chunk-size" | "chunk" | "chunk-end" | "trailers" | "done";

const longestHead = 65_536;
const latin1 = new TextDecoder("latin1");

/** Reads one response and hands its parts to a sink, without copying the body. */
export class ResponseParser {
  readonly #sink: ResponseSink;
  #stage: Stage = "head";
  /** The unfinished line or head, kept between reads. */
  #kept: Uint8Array = new Uint8Array(0);
  /** Bytes left of the fixed body or of the chunk. */
  #left = 0;
  /** Digits of the chunk size so far, and whether they are followed by something else. */
  #digits = 0;
  #sizeEnded = false;
  #persistent = false;
  #surplus = false;
  head: ResponseHead | null = null;
  /** When the headers were complete. */
  headers_ms: number | null = null;

  constructor(sink: ResponseSink) {
    this.#sink = sink;
  }

  /** Whether the response is whole. */
  get done(): boolean {
    return this.#stage === "done";
  }

  /** Whether the connection may carry another request after this response. */
  get persistent(): boolean {
    return this.done && this.#persistent && !this.#surplus;
  }

  /** Takes what one read returned. Throws FramingError when it can't be a response. */
  push(bytes: Uint8Array, at_ms: number): void {
    let at = 0;
    while (at < bytes.length) {
      switch (this.#stage) {
        case "head":
        case "trailers":
          at = this.#text(bytes, at, at_ms);
          break;
        case "chunk-size":
          at = this.#chunkSize(bytes, at);
          break;
        case "chunk-end":
          at = this.#chunkEnd(bytes, at);
          break;
        case "fixed":
        case "chunk": {
          const end = Math.min(bytes.length, at + this.#left);
          this.#left -= end - at;
          this.#sink.onData(bytes.subarray(at, end), at_ms);
          at = end;
          if (this.#left === 0) this.#stage = this.#stage === "fixed" ? "done" : "chunk-end";
          break;
        }
        case "until-close":
          this.#sink.onData(bytes.subarray(at), at_ms);
          return;
        case "done":
          this.#surplus = true;
          return;
      }
    }
  }

  /** The peer has closed. Returns whether the response is whole. */
  end(): boolean {
    if (this.#stage === "until-close") this.#stage = "done";
    return this.done;
  }

  /** Takes one line, or the whole head; what is unfinished is kept. Returns where to go on. */
  #text(bytes: Uint8Array, from: number, at_ms: number): number {
    let lineEnd = bytes.indexOf(10, from);
    const until = lineEnd < 0 ? bytes.length : lineEnd + 1;
    this.#keep(bytes.subarray(from, until));
    if (lineEnd < 0) return bytes.length;
    if (this.#stage !== "head") {
      const line = latin1.decode(this.#kept).replace(/\r?\n$/, "");
      this.#kept = this.#kept.subarray(0, 0);
      if (line === "") this.#stage = "done";
      return until;
    }
    lineEnd = this.#kept.length - 1;
    const blank = lineEnd === 0 || this.#kept[lineEnd - 1] === 10 ||
      (this.#kept[lineEnd - 1] === 13 && (lineEnd === 1 || this.#kept[lineEnd - 2] === 10));
    if (blank) {
      const text = latin1.decode(this.#kept);
      this.#kept = this.#kept.subarray(0, 0);
      this.#head(text, at_ms);
    }
    return until;
  }

  /** A token is a chunk of its own, so sizes are read byte by byte, without making a text of them. */
  #chunkSize(bytes: Uint8Array, from: number): number {
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at]!;
      if (byte === 10) {
        if (this.#digits === 0) throw new FramingError("a chunk without a size");
        this.#stage = this.#left === 0 ? "trailers" : "chunk";
        this.#digits = 0;
        this.#sizeEnded = false;
        return at + 1;
      }
      if (this.#sizeEnded) continue;
      const digit = hexDigit(byte);
      if (digit >= 0) {
        this.#left = this.#left * 16 + digit;
        if (++this.#digits > 12) throw new FramingError("a chunk size of more than 12 digits");
      } else if (this.#digits > 0 && (byte === 13 || byte === 0x3b || byte === 0x20 || byte === 9)) {
        this.#sizeEnded = true;
      } else throw new FramingError(`not a chunk size: ${JSON.stringify(String.fromCharCode(byte))}`);
    }
    return bytes.length;
  }

  #chunkEnd(bytes: Uint8Array, at: number): number {
    const byte = bytes[at];
    if (byte === 10) this.#stage = "chunk-size";
    else if (byte !== 13) throw new FramingError("a chunk is longer than its size");
    return at + 1;
  }

  #keep(bytes: Uint8Array): void {
    if (this.#kept.length + bytes.length > longestHead) {
      throw new FramingError("the head is longer than 64 KiB");
    }
    const joined = new Uint8Array(this.#kept.length + bytes.length);
    joined.set(this.#kept);
    joined.set(bytes, this.#kept.length);
    this.#kept = joined;
  }

  #head(text: string, at_ms: number): void {
    const [first = "", ...lines] = text.split(/\r?\n/).filter((line) => line !== "");
    if (first === "") return;
    const status = /^HTTP\/1\.([01]) (\d{3})(?: (.*))?$/.exec(first);
    if (status === null) {
      throw new FramingError(`not an HTTP/1.1 status line: ${JSON.stringify(first.slice(0, 80))}`);
    }
    const headers = new Map<string, string>();
    for (const line of lines) {
      const colon = line.indexOf(":");
      if (colon < 1) throw new FramingError(`not a header: ${JSON.stringify(line.slice(0, 80))}`);
      const name = line.slice(0, colon).trim().toLowerCase();
      const value = line.slice(colon + 1).trim();
      const earlier = headers.get(name);
      headers.set(name, earlier === undefined ? value : `${earlier}, ${value}`);
    }
    const code = Number(status[2]);
    if (code < 200) {
      if (code === 101) throw new FramingError("the server switched protocols");
      return;
    }
    this.head = { status: code, reason: status[3] ?? "", headers };
    this.headers_ms = at_ms;
    const connection = (headers.get("connection") ?? "").toLowerCase();
    this.#persistent = status[1] === "1" ? !connection.includes("close") : connection.includes("keep-alive");
    this.#stage = this.#bodyStage(code, headers);
    this.#sink.onHead(this.head, at_ms);
  }

  #bodyStage(code: number, headers: ReadonlyMap<string, string>): Stage {
    if (code === 204 || code === 304) return "done";
    const coding = headers.get("transfer-encoding");
    if (coding !== undefined) {
      if (coding.trim().toLowerCase() !== "chunked") throw new FramingError(`transfer-encoding ${coding}`);
      return "chunk-size";
    }
    const length = headers.get("content-length");
    if (length === undefined) {
      this.#persistent = false;
      return "until-close";
    }
    if (!/^\d{1,15}$/.test(length)) throw new FramingError(`content-length ${length}`);
    this.#left = Number(length);
    return this.#left === 0 ? "done" : "fixed";
  }
}

/** The value of a hexadecimal digit; -1 for anything else. */
function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
