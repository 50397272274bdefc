/** A connection on `Deno.connect`: everywhere, TLS too; stamped in this process right after each read. */

import { isIP } from "node:net";
import { messageOf } from "../core/mod.ts";
import { type Connection, NetworkError, type OpenConnection, type Receiver } from "./connection.ts";
import { addressesOf, unlessAborted } from "./name_lookup.ts";
import type { Proxy } from "./proxies.ts";
import type { Origin } from "./request_bytes.ts";
import { TunnelAnswer, tunnelRequest } from "./tunnel.ts";

const bufferSize = 16_384;

class UserConnection implements Connection {
  readonly #conn: Deno.Conn;
  readonly #now: () => number;
  #receiver: Receiver | null = null;
  #writing: Error | null = null;
  #closed = false;

  constructor(conn: Deno.Conn, now: () => number) {
    this.#conn = conn;
    this.#now = now;
    this.#read();
  }

  begin(bytes: Uint8Array, receiver: Receiver): number {
    this.#receiver = receiver;
    const sent_ms = this.#now();
    this.#write(bytes, receiver);
    return sent_ms;
  }

  rest(): void {
    this.#receiver = null;
  }

  usable(): boolean {
    return !this.#closed;
  }

  close(): void {
    this.#receiver = null;
    if (this.#closed) return;
    this.#closed = true;
    closeQuietly(this.#conn);
  }

  /** Reads as long as it is open, also at rest: a peer that closes or speaks out of turn is noticed at once. */
  async #read(): Promise<void> {
    const buffer = new Uint8Array(bufferSize);
    try {
      while (!this.#closed) {
        const count = await this.#conn.read(buffer);
        const at_ms = this.#now();
        const receiver = this.#receiver;
        if (receiver === null || count === null) {
          this.close();
          receiver?.onClosed(this.#writing, at_ms);
        } else receiver.onBytes(buffer.subarray(0, count), at_ms);
      }
    } catch (error) {
      const receiver = this.#receiver;
      this.close();
      receiver?.onBroken(error as Error, this.#now());
    }
  }

  /** The response may come before the request is written whole (413), so nothing waits for the write. */
  async #write(bytes: Uint8Array, receiver: Receiver): Promise<void> {
    try {
      for (let done = 0; done < bytes.length;) {
        done += await this.#conn.write(done === 0 ? bytes : bytes.subarray(done));
      }
      if (this.#receiver === receiver) receiver.onWritten(this.#now());
    } catch (error) {
      this.#writing = error as Error;
    }
  }
}

/** The runtime may have closed it already, which is no failure. */
function closeQuietly(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}

/**
 * Opens connections with the given certificates (PEM) trusted beside the system's.
 *
 * The look-up is timed apart and its addresses are tried in order. Where this process may not connect to an address that
 * it was not told of, the runtime connects by name, and the look-up is part of `connect_ms`.
 */
export function userOpening(caCerts: readonly string[] | undefined): OpenConnection {
  return async (route, { now, signal }) => {
    const { origin, proxy } = route;
    const { hostname, port } = proxy ?? origin;
    const started = now();
    const addresses = isIP(hostname) ? [] : await unlessAborted(addressesOf(hostname), signal);
    const known = addresses.length > 0 && addresses.every((address) => mayConnect(address, port));
    const looked = now();
    const tcp = await connectToFirst(known ? addresses : [hostname], port, signal);
    tcp.setNoDelay(true);
    const closing = () => closeQuietly(tcp);
    signal.addEventListener("abort", closing, { once: true });
    try {
      if (origin.tls && proxy !== null) await openTunnel(tcp, origin, proxy);
      const connected = now();
      const conn = origin.tls ? await secured(tcp, origin.hostname, signal, caCerts) : tcp;
      return {
        connection: new UserConnection(conn, now),
        times: {
          dns_ms: known ? looked - started : null,
          connect_ms: connected - (known ? looked : started),
          tls_ms: origin.tls ? now() - connected : null,
        },
      };
    } catch (error) {
      closeQuietly(tcp);
      throw error;
    } finally {
      signal.removeEventListener("abort", closing);
    }
  };
}

async function openTunnel(tcp: Deno.TcpConn, origin: Origin, proxy: Proxy): Promise<void> {
  const request = tunnelRequest(origin, proxy);
  for (let done = 0; done < request.length;) done += await tcp.write(request.subarray(done));
  const answer = new TunnelAnswer(proxy);
  const buffer = new Uint8Array(4096);
  for (let open = false; !open;) {
    const count = await tcp.read(buffer);
    open = answer.push(count === null ? null : buffer.subarray(0, count));
  }
}

/** TLS over a connection, the handshake done. `startTls` alone returns before it. */
async function secured(
  tcp: Deno.TcpConn,
  hostname: string,
  signal: AbortSignal,
  caCerts: readonly string[] | undefined,
): Promise<Deno.Conn> {
  const conn = await Deno.startTls(tcp, {
    hostname,
    alpnProtocols: ["http/1.1"],
    ...(caCerts === undefined ? {} : { caCerts: [...caCerts] }),
  });
  const close = () => closeQuietly(conn);
  signal.addEventListener("abort", close, { once: true });
  try {
    await conn.handshake();
    return conn;
  } catch (error) {
    close();
    // Nothing was cut off: no request was sent yet.
    if (error instanceof Deno.errors.UnexpectedEof) throw new NetworkError(error.message, { cause: error });
    throw error;
  } finally {
    signal.removeEventListener("abort", close);
  }
}

function mayConnect(address: string, port: number): boolean {
  const host = address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
  return Deno.permissions.querySync({ name: "net", host }).state === "granted";
}

async function connectToFirst(
  hostnames: readonly string[],
  port: number,
  signal: AbortSignal,
): Promise<Deno.TcpConn> {
  let failure: unknown;
  for (const hostname of hostnames) {
    try {
      return await Deno.connect({ hostname, port, signal });
    } catch (error) {
      signal.throwIfAborted();
      // A name that can't be resolved is an error without a class.
      failure = new NetworkError(messageOf(error), { cause: error });
    }
  }
  throw failure;
}
