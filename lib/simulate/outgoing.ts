/** The sending half of a connection, and how HTTP/1.1 responses look on the wire. */

const encoder = new TextEncoder();
const lineEnd = encoder.encode("\r\n");

const reasons: Readonly<Record<number, string>> = {
  200: "OK",
  400: "Bad Request",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  413: "Content Too Large",
  417: "Expectation Failed",
  422: "Unprocessable Content",
  424: "Failed Dependency",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  501: "Not Implemented",
  503: "Service Unavailable",
  505: "HTTP Version Not Supported",
};

/** Status line and headers, with the blank line. */
export function head(status: number, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${reasons[status] ?? "Unknown"}\r\n${lines.join("")}\r\n`;
}

/** A whole response; its body is JSON unless the headers say otherwise. */
export function wholeResponse(
  status: number,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>>,
): Uint8Array {
  const bytes = typeof body === "string" ? encoder.encode(body) : body;
  const length = String(bytes.length);
  const start = head(status, { "content-type": "application/json", "content-length": length, ...headers });
  return joined([encoder.encode(start), bytes]);
}

/** One chunk of a chunked body. */
export function chunk(body: string | Uint8Array): Uint8Array {
  const bytes = typeof body === "string" ? encoder.encode(body) : body;
  return joined([encoder.encode(bytes.length.toString(16) + "\r\n"), bytes, lineEnd]);
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
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

/** What sending needs of a connection. */
export interface Sending {
  write(bytes: Uint8Array): Promise<number>;
  close(): void;
  /** Ends it with RST where it can. */
  reset(): void;
}

type Entry = Uint8Array | (() => void | Promise<void>);

/** Writes in order and never blocks its caller. After the first failure, or its end, it swallows everything. */
export class Outgoing {
  readonly #connection: Sending;
  #queue: Entry[] = [];
  /** What is being written; null while nothing is under way. */
  #current: Uint8Array | null = null;
  #busy = false;
  #broken = false;
  #idle: PromiseWithResolvers<void> | null = null;
  #wake: (() => void) | null = null;

  constructor(connection: Sending) {
    this.#connection = connection;
  }

  /** Whether nothing more can be sent. */
  get broken(): boolean {
    return this.#broken;
  }

  /** Sends the parts in one write. Nothing being under way, the write is made before this returns. */
  send(...parts: readonly (string | Uint8Array)[]): void {
    this.#add(joined(parts.map((part) => typeof part === "string" ? encoder.encode(part) : part)));
  }

  /** Sends bytes as they are: `send` without the copy. */
  write(bytes: Uint8Array): void {
    this.#add(bytes);
  }

  /** Does something at its place in the order: just before what is sent next is written. */
  mark(action: () => void): void {
    this.#add(action);
  }

  /** Waits before going on. */
  pause(ms: number): void {
    this.#add(() => this.#sleep(ms));
  }

  /** Ends the connection at this place in the order: by FIN, or by RST. */
  end(how: "close" | "reset"): void {
    this.#add(() => {
      this.abandon();
      if (how === "reset") this.#connection.reset();
      else this.#connection.close();
    });
  }

  /** Drops what waits: nobody is there to take it. */
  abandon(): void {
    this.#broken = true;
    this.#queue = [];
    this.#wake?.();
  }

  /** Resolves when everything sent so far is with the system, or lost. */
  async flushed(): Promise<void> {
    if (this.#busy) await (this.#idle ??= Promise.withResolvers()).promise;
  }

  #add(entry: Entry): void {
    if (this.#broken) return;
    if (this.#busy) {
      this.#queue.push(entry);
      return;
    }
    this.#busy = true;
    this.#start(entry);
  }

  /** Goes through the queue until it has to wait for something. */
  #start(first: Entry): void {
    let entry: Entry | undefined = first;
    while (entry !== undefined) {
      if (entry instanceof Uint8Array) {
        if (entry.length > 0) return this.#write(entry);
      } else {
        const wait = entry();
        if (wait instanceof Promise) {
          wait.then(this.#next);
          return;
        }
      }
      entry = this.#queue.shift();
    }
    this.#rest();
  }

  #write(bytes: Uint8Array): void {
    this.#current = bytes;
    this.#connection.write(bytes).then(this.#wrote, this.#failed);
  }

  readonly #wrote = (count: number): void => {
    const bytes = this.#current!;
    if (count < bytes.length && !this.#broken) this.#write(bytes.subarray(count));
    else this.#next();
  };

  readonly #failed = (): void => {
    this.abandon();
    this.#rest();
  };

  readonly #next = (): void => {
    const entry = this.#queue.shift();
    if (entry === undefined) this.#rest();
    else this.#start(entry);
  };

  #rest(): void {
    this.#current = null;
    this.#busy = false;
    this.#idle?.resolve();
    this.#idle = null;
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#wake?.(), ms);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = null;
        resolve();
      };
    });
  }
}
