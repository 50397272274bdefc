/** The sending half of a connection, and how HTTP/1.1 responses look on the wire. */

const encoder = new TextEncoder();
const lineEnd = encoder.encode("\r\n");

const reasons: Readonly<Record<number, string>> = {
  200: "OK",
  400: "Bad Request",
  404: "Not Found",
  405: "Method Not Allowed",
  413: "Content Too Large",
  417: "Expectation Failed",
  431: "Request Header Fields Too Large",
  501: "Not Implemented",
  505: "HTTP Version Not Supported",
};

/** Status line and headers, with the blank line. */
export function head(status: number, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${reasons[status] ?? "Unknown"}\r\n${lines.join("")}\r\n`;
}

/** One chunk of a chunked body. */
export function chunk(text: string): Uint8Array {
  const body = encoder.encode(text);
  return joined([encoder.encode(body.length.toString(16) + "\r\n"), body, lineEnd]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** The end of a chunked body. */
export const lastChunk = "0\r\n\r\n";

/** Writes in order and never blocks its caller. After the first failure it swallows everything. */
export class Outgoing {
  readonly #connection: { write(bytes: Uint8Array): Promise<number> };
  #queue: Uint8Array[] = [];
  #writing: Promise<void> | null = null;
  #broken = false;

  constructor(connection: { write(bytes: Uint8Array): Promise<number> }) {
    this.#connection = connection;
  }

  /** Whether the other side no longer takes anything. */
  get broken(): boolean {
    return this.#broken;
  }

  /** Sends the parts in one write. */
  send(...parts: readonly (string | Uint8Array)[]): void {
    if (this.#broken) return;
    this.#queue.push(joined(parts.map((part) => typeof part === "string" ? encoder.encode(part) : part)));
    this.#writing ??= this.#drain();
  }

  /** Resolves when everything sent so far is with the system, or lost. */
  async flushed(): Promise<void> {
    await this.#writing;
  }

  async #drain(): Promise<void> {
    try {
      for (let bytes = this.#queue.shift(); bytes !== undefined; bytes = this.#queue.shift()) {
        for (let done = 0; done < bytes.length;) {
          done += await this.#connection.write(done === 0 ? bytes : bytes.subarray(done));
        }
      }
    } catch {
      this.#broken = true;
      this.#queue = [];
    } finally {
      this.#writing = null;
    }
  }
}
