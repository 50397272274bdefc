/** The receiving half of a connection: bytes to HTTP/1.1 requests (RFC 9112). */

import { now } from "./time.ts";

/** One request, body and all. */
export interface Request {
  readonly method: string;
  /** As it was sent, without the query. */
  readonly path: string;
  /** As it was sent, without its question mark; empty when there is none. */
  readonly query: string;
  readonly minor_version: 0 | 1;
  /** Names in lower case; repeated ones joined by a comma. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
  /** Whether another request may follow. */
  readonly keep_alive: boolean;
  /** When its last byte was read, by `time.ts`. */
  readonly received_ms: number;
}

/** A request that can't be read; the connection is of no use after it. */
export class BadRequest extends Error {
  override readonly name = "BadRequest";
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

const headLimit = 64 * 1024;
const largestRead = 256 * 1024;
const bodyLimit = 16 * 1024 * 1024;
const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const requestLine = new RegExp(`^(${token}) (\\S+) HTTP/(\\d)\\.(\\d)$`);
const headerLine = new RegExp(`^(${token}):[ \\t]*(.*?)[ \\t]*$`);
const latin1 = new TextDecoder("latin1");

/** The two calls of a connection that reading needs; writing is for `100 Continue`. */
interface Connection {
  read(buffer: Uint8Array): Promise<number | null>;
  write(bytes: Uint8Array): Promise<number>;
}

export class Incoming {
  readonly #connection: Connection;
  /** Small at first: most requests are, and connections come by the thousand. */
  #scratch = new Uint8Array(4 * 1024);
  #bytes = new Uint8Array(0);
  #reading: Promise<boolean> | null = null;
  #ended = false;
  #readAt = 0;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * The next request; null when the client has ended.
   *
   * @throws {BadRequest} if it is malformed, too large, or ends early
   */
  async next(): Promise<Request | null> {
    const text = await this.#head();
    if (text === null) return null;
    const [first = "", ...lines] = text.split("\r\n");
    const [, method = "", target = "", major, minor] = first.match(requestLine) ?? [];
    if (method === "") throw new BadRequest(400, "The request line is malformed");
    if (major !== "1") throw new BadRequest(505, "Only HTTP/1.1 is spoken here");
    const minorVersion = minor === "0" ? 0 : 1;
    const headers = parseHeaders(lines);
    if (minorVersion === 1 && !headers.has("host")) throw new BadRequest(400, "The host header is missing");
    const body = await this.#body(headers, minorVersion);
    return {
      method,
      path: target.replace(/[?#].*$/, ""),
      query: target.match(/\?([^#]*)/)?.[1] ?? "",
      minor_version: minorVersion,
      headers,
      body,
      keep_alive: keepsAlive(headers, minorVersion),
      received_ms: this.#readAt,
    };
  }

  /**
   * Watches for the client to close its side while it is owed an answer; bytes that arrive meanwhile belong to the next
   * request. Resolves then, or when `until` is aborted.
   */
  async closed(until: AbortSignal): Promise<void> {
    if (until.aborted) return;
    const stop = new Promise<true>((resolve) => until.addEventListener("abort", () => resolve(true)));
    while (this.#bytes.length < headLimit) {
      if (await Promise.race([this.#fill(), stop]) === false || until.aborted) return;
    }
    await stop;
  }

  /** Reads on to the client's end and drops what comes. */
  async drained(): Promise<void> {
    while (await this.#fill()) this.#bytes = new Uint8Array(0);
  }

  /** Reads one portion; false at the end. A read that is under way is shared, so that none is lost. */
  #fill(): Promise<boolean> {
    return this.#reading ??= this.#read();
  }

  async #read(): Promise<boolean> {
    try {
      const count = this.#ended ? null : await this.#connection.read(this.#scratch);
      this.#readAt = now();
      if (count === null) {
        this.#ended = true;
        return false;
      }
      const joined = new Uint8Array(this.#bytes.length + count);
      joined.set(this.#bytes);
      joined.set(this.#scratch.subarray(0, count), this.#bytes.length);
      this.#bytes = joined;
      if (count === this.#scratch.length && count < largestRead) this.#scratch = new Uint8Array(largestRead);
      return true;
    } catch {
      this.#ended = true;
      return false;
    } finally {
      this.#reading = null;
    }
  }

  async #head(): Promise<string | null> {
    while (true) {
      let start = 0;
      while (this.#bytes[start] === 13 && this.#bytes[start + 1] === 10) start += 2;
      const end = indexOfBlankLine(this.#bytes, start);
      if (end !== -1) {
        const text = latin1.decode(this.#bytes.subarray(start, end));
        this.#bytes = this.#bytes.subarray(end + 4);
        return text;
      }
      if (this.#bytes.length > headLimit) throw new BadRequest(431, "The headers are too large");
      if (await this.#fill()) continue;
      if (this.#bytes.length > start) throw new BadRequest(400, "The request ends within its headers");
      return null;
    }
  }

  async #body(headers: ReadonlyMap<string, string>, minorVersion: 0 | 1): Promise<Uint8Array> {
    const coding = headers.get("transfer-encoding");
    const length = headers.get("content-length");
    if (coding !== undefined && length !== undefined) {
      throw new BadRequest(400, "Both content-length and transfer-encoding are given");
    }
    if (coding === undefined && length === undefined) return new Uint8Array(0);
    if (coding !== undefined && coding.toLowerCase() !== "chunked") {
      throw new BadRequest(501, "Only the transfer coding chunked is understood");
    }
    if (length !== undefined && !/^\d{1,15}$/.test(length)) {
      throw new BadRequest(400, "The content-length is not a number");
    }
    if (Number(length ?? 0) > bodyLimit) throw new BadRequest(413, "The body is too large");
    await this.#continue(headers.get("expect"), minorVersion);
    return length === undefined ? this.#chunks() : this.#take(Number(length));
  }

  async #continue(expectation: string | undefined, minorVersion: 0 | 1): Promise<void> {
    if (expectation === undefined || minorVersion === 0) return;
    if (expectation.toLowerCase() !== "100-continue") {
      throw new BadRequest(417, "The expectation is not understood");
    }
    if (this.#bytes.length === 0) {
      await this.#connection.write(new TextEncoder().encode("HTTP/1.1 100 Continue\r\n\r\n"));
    }
  }

  async #chunks(): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let total = 0;
    while (true) {
      const line = (await this.#line()).replace(/[ \t]*(;.*)?$/, "");
      if (!/^[0-9a-fA-F]{1,8}$/.test(line)) throw new BadRequest(400, "A chunk size is malformed");
      const size = parseInt(line, 16);
      total += size;
      if (total > bodyLimit) throw new BadRequest(413, "The body is too large");
      if (size === 0) break;
      parts.push(await this.#take(size));
      if (await this.#line() !== "") throw new BadRequest(400, "A chunk is longer than its size");
    }
    while (await this.#line() !== "");
    const body = new Uint8Array(total);
    let at = 0;
    for (const part of parts) {
      body.set(part, at);
      at += part.length;
    }
    return body;
  }

  async #take(count: number): Promise<Uint8Array> {
    while (this.#bytes.length < count) {
      if (!await this.#fill()) throw new BadRequest(400, "The request ends within its body");
    }
    const taken = this.#bytes.subarray(0, count);
    this.#bytes = this.#bytes.subarray(count);
    return taken;
  }

  async #line(): Promise<string> {
    while (true) {
      const end = this.#bytes.indexOf(10);
      if (end > 0 && this.#bytes[end - 1] === 13) {
        return latin1.decode(await this.#take(end + 1)).slice(0, -2);
      }
      if (end !== -1 || this.#bytes.length > headLimit) {
        throw new BadRequest(400, "A line does not end in CR LF");
      }
      if (!await this.#fill()) throw new BadRequest(400, "The request ends within its body");
    }
  }
}

function indexOfBlankLine(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(13, from); at !== -1; at = bytes.indexOf(13, at + 1)) {
    if (bytes[at + 1] === 10 && bytes[at + 2] === 13 && bytes[at + 3] === 10) return at;
  }
  return -1;
}

function parseHeaders(lines: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name, value = ""] = line.match(headerLine) ?? [];
    if (name === undefined) throw new BadRequest(400, "A header is malformed");
    const key = name.toLowerCase();
    const earlier = headers.get(key);
    if (earlier !== undefined && (key === "host" || key === "content-length")) {
      throw new BadRequest(400, `The header ${key} is given twice`);
    }
    headers.set(key, earlier === undefined ? value : `${earlier}, ${value}`);
  }
  return headers;
}

function keepsAlive(headers: ReadonlyMap<string, string>, minorVersion: 0 | 1): boolean {
  const wishes = (headers.get("connection") ?? "").toLowerCase().split(/\s*,\s*/);
  return minorVersion === 1 ? !wishes.includes("close") : wishes.includes("keep-alive");
}
