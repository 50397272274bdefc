/** A raw TCP server that answers each request by a script, and notes its own times. */

import { machineNanoseconds } from "../../lib/core/mod.ts";

/** One request as the server saw it. Times are the machine's monotonic nanoseconds. */
export interface Seen {
  readonly connection: number;
  readonly head: string;
  readonly body: string;
  readonly received_ns: bigint;
  /** Just before the first write of the answer. */
  first_send_ns: bigint | null;
  last_send_ns: bigint | null;
}

/** What a script can do with the connection. */
export interface Answering {
  readonly seen: Seen;
  /** Number of this request over all connections, from 0. */
  readonly index: number;
  send(text: string | Uint8Array): Promise<void>;
  pause(ms: number): Promise<void>;
  /** Ends the connection; by a reset when `abrupt`. */
  close(): void;
}

export type Script = (on: Answering) => Promise<void> | void;

export interface ScriptedServer extends Disposable {
  readonly url: string;
  readonly port: number;
  readonly requests: readonly Seen[];
  /** Connections accepted so far. */
  readonly connections: number;
  /** Most requests that were answered at the same time. */
  readonly busiest: number;
}

/** Starts a server on a free port of the loopback interface. */
export function scriptedServer(
  script: Script,
  tls?: { cert: string; key: string },
  hostname = "127.0.0.1",
): ScriptedServer {
  const listener = tls === undefined
    ? Deno.listen({ hostname, port: 0 })
    : Deno.listenTls({ hostname, port: 0, ...tls });
  const { port } = listener.addr as Deno.NetAddr;
  const open = new Set<Deno.Conn>();
  const requests: Seen[] = [];
  const state = { connections: 0, running: 0, busiest: 0 };

  async function serve(conn: Deno.Conn): Promise<void> {
    const connection = state.connections++;
    const encoder = new TextEncoder();
    let kept = "";
    const buffer = new Uint8Array(65_536);
    const decoder = new TextDecoder("latin1");
    for (;;) {
      let head = kept.indexOf("\r\n\r\n");
      while (head < 0 || kept.length < head + 4 + lengthOf(kept.slice(0, head))) {
        const count = await conn.read(buffer);
        if (count === null) return;
        kept += decoder.decode(buffer.subarray(0, count));
        head = kept.indexOf("\r\n\r\n");
      }
      const received_ns = machineNanoseconds();
      const end = head + 4 + lengthOf(kept.slice(0, head));
      const seen: Seen = {
        connection,
        head: kept.slice(0, head),
        body: kept.slice(head + 4, end),
        received_ns,
        first_send_ns: null,
        last_send_ns: null,
      };
      kept = kept.slice(end);
      const index = requests.push(seen) - 1;
      state.running++;
      state.busiest = Math.max(state.busiest, state.running);
      let closed = false;
      try {
        await script({
          seen,
          index,
          async send(text) {
            seen.last_send_ns = machineNanoseconds();
            seen.first_send_ns ??= seen.last_send_ns;
            const bytes = typeof text === "string" ? encoder.encode(text) : text;
            for (let done = 0; done < bytes.length;) done += await conn.write(bytes.subarray(done));
          },
          pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
          close() {
            closed = true;
            conn.close();
          },
        });
      } finally {
        state.running--;
      }
      if (closed) return;
    }
  }

  (async () => {
    for await (const conn of listener) {
      open.add(conn);
      serve(conn).catch(() => {}).finally(() => {
        open.delete(conn);
        try {
          conn.close();
        } catch { /* closed by the script */ }
      });
    }
  })();

  return {
    url: `${tls === undefined ? "http" : "https"}://127.0.0.1:${port}`,
    port,
    requests,
    get connections() {
      return state.connections;
    },
    get busiest() {
      return state.busiest;
    },
    [Symbol.dispose]() {
      listener.close();
      for (const conn of open) {
        try {
          conn.close();
        } catch { /* closed by the script */ }
      }
    },
  };
}

function lengthOf(head: string): number {
  return Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? 0);
}

/** A response with a body of known length. */
export function response(body: string, status = "200 OK", type = "text/plain"): string {
  const length = new TextEncoder().encode(body).length;
  return `HTTP/1.1 ${status}\r\ncontent-type: ${type}\r\ncontent-length: ${length}\r\n\r\n${body}`;
}

export const streamHead =
  "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";

/** One HTTP chunk; the empty one ends the body. */
export function chunk(text: string): string {
  return `${new TextEncoder().encode(text).length.toString(16)}\r\n${text}\r\n`;
}
