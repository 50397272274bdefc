/** One socket: opened with its phases timed, read into one buffer, watched while it rests. */

import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import type { Origin } from "./request_bytes.ts";

/** How long the phases of opening took; null = there was no such phase. */
export interface OpeningTimes {
  readonly dns_ms: number | null;
  readonly connect_ms: number;
  readonly tls_ms: number | null;
}

const bufferSize = 16_384;

/** An open connection that carries one exchange at a time. */
export class Connection {
  readonly origin: Origin;
  readonly #conn: Deno.Conn;
  readonly #buffer = new Uint8Array(bufferSize);
  #reading: Promise<number | null> | null = null;
  #resting = false;
  /** Exchanges that began on it. */
  uses = 0;
  /** When it was last put to rest. */
  rested_ms = 0;
  closed = false;

  constructor(origin: Origin, conn: Deno.Conn) {
    this.origin = origin;
    this.#conn = conn;
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#conn.write(bytes);
  }

  /** The next bytes, valid until the next read; null when the peer has closed. */
  async read(): Promise<Uint8Array | null> {
    const reading = this.#reading ?? this.#conn.read(this.#buffer);
    this.#reading = null;
    const count = await reading;
    return count === null ? null : this.#buffer.subarray(0, count);
  }

  /**
   * Leaves the connection idle with a read under way: a peer that closes (or speaks out of turn) is noticed at once
   * rather than by the next request. `onEnd` is called when that happens.
   */
  rest(at_ms: number, onEnd: () => void): void {
    this.rested_ms = at_ms;
    this.#resting = true;
    const ended = () => {
      if (this.#resting) onEnd();
    };
    this.#reading = this.#conn.read(this.#buffer);
    this.#reading.then(ended, ended);
  }

  /** Ends the rest; the read that is under way becomes the first of the exchange. */
  wake(): void {
    this.#resting = false;
    this.uses++;
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.#resting = false;
    closeQuietly(this.#conn);
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

/** What opening needs beside the origin. */
export interface OpeningOptions {
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** PEM certificates trusted beside the system's. */
  readonly caCerts?: readonly string[];
}

/**
 * Opens a connection. Certificate and host name are verified. Rejects with the system's error.
 *
 * The look-up is timed apart and its addresses are tried in order. Where this process may not connect to an address that
 * it was not told of, the runtime connects by name, and the look-up is part of `connect_ms`.
 */
export async function openConnection(
  origin: Origin,
  { now, signal, caCerts }: OpeningOptions,
): Promise<{ connection: Connection; times: OpeningTimes }> {
  const { hostname, port } = origin;
  const started = now();
  const addresses = isIP(hostname) ? [] : await unlessAborted(addressesOf(hostname, port), signal);
  const looked = now();
  const tcp = await connectToFirst(addresses.length === 0 ? [hostname] : addresses, port, signal);
  tcp.setNoDelay(true);
  const connected = now();
  const conn = origin.tls ? await secured(tcp, hostname, signal, caCerts) : tcp;
  const tls_ms = origin.tls ? now() - connected : null;
  return {
    connection: new Connection(origin, conn),
    times: {
      dns_ms: addresses.length === 0 ? null : looked - started,
      connect_ms: connected - (addresses.length === 0 ? started : looked),
      tls_ms,
    },
  };
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
    throw error;
  } finally {
    signal.removeEventListener("abort", close);
  }
}

/** A look-up can't be stopped, only left behind. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

async function addressesOf(hostname: string, port: number): Promise<string[]> {
  try {
    const found = await lookup(hostname, { all: true, verbatim: true });
    const addresses = found.map(({ address }) => address);
    return addresses.every((address) => mayConnect(address, port)) ? addresses : [];
  } catch {
    return [];
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
      failure = error;
    }
  }
  throw failure;
}
