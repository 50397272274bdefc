/** A connection whose arrivals the kernel stamps, plain or over TLS. */

import { isIP } from "node:net";
import { UserError } from "../core/mod.ts";
import { type Connection, NetworkError, type OpenConnection, type Receiver } from "./connection.ts";
import type { KernelLoop } from "./kernel_loop.ts";
import { KernelSocket } from "./kernel_socket.ts";
import { openTunnel, secured, sendLastWords, sendSealed } from "./kernel_tls.ts";
import { EPOLLOUT, receiveSize } from "./libc.ts";
import { addressesOf, unlessAborted } from "./name_lookup.ts";
import { pieceSize } from "./openssl.ts";
import type { TlsContext } from "./openssl_context.ts";
import type { TlsSession } from "./openssl_session.ts";

const nothing = new Uint8Array(0);

class KernelConnection implements Connection {
  readonly #loop: KernelLoop;
  readonly #socket: KernelSocket;
  readonly #tls: TlsSession | null;
  #receiver: Receiver | null = null;
  /** What of the request was not handed to the socket yet; null once the system has all of it. */
  #rest: Uint8Array<ArrayBuffer> | null = null;
  #writing: Error | null = null;
  /** No arrival can be earlier. */
  #since_ms = 0;

  constructor(socket: KernelSocket, tls: TlsSession | null) {
    this.#loop = socket.loop;
    this.#socket = socket;
    this.#tls = tls;
    socket.onReady = (events) => this.#onReady(events);
  }

  begin(bytes: Uint8Array<ArrayBuffer>, receiver: Receiver): number {
    this.#receiver = receiver;
    this.#loop.busy();
    this.#rest = bytes;
    const first = this.#next();
    const sent_ms = this.#since_ms = this.#loop.now();
    this.#write(first);
    return sent_ms;
  }

  rest(): void {
    // It was closed in the meantime when the end of the response and that of the connection came in one read.
    if (this.#receiver === null) return;
    this.#receiver = null;
    this.#loop.idle();
  }

  /** The loop may not have run meanwhile, so the socket itself is asked. */
  usable(): boolean {
    return this.#socket.silent || this.#tls !== null && this.#socket.open && this.#onlyTickets(this.#tls);
  }

  close(): void {
    if (!this.#socket.open) return;
    this.rest();
    if (this.#tls !== null) {
      this.#tls.end();
      sendLastWords(this.#socket, this.#tls);
      this.#tls.free();
    }
    this.#socket.close();
  }

  #onReady(events: number): void {
    if ((events & EPOLLOUT) !== 0) this.#write();
    if (this.#receiver === null) {
      if (!this.usable()) this.close();
      return;
    }
    if ((events & ~EPOLLOUT) !== 0) this.#read(this.#receiver);
  }

  #read(receiver: Receiver): void {
    const { received } = this.#loop.libc;
    let count = receiveSize;
    try {
      while (count === receiveSize && this.#receiver === receiver) {
        count = this.#socket.receive();
        if (count < 0) return;
        if (count === 0) return this.#end(receiver);
        const at_ms = this.#since_ms = this.#loop.arrival(this.#since_ms);
        const bytes = received.subarray(0, count);
        if (this.#tls !== null) this.#open(this.#tls, bytes, receiver, at_ms);
        else if (receiver.onBytes(bytes, at_ms)) this.#loop.turn();
      }
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      this.close();
      this.#loop.turn();
      receiver.onBroken(error, this.#loop.now());
    }
  }

  /** All that one read completes was there when its last packet arrived. */
  #open(tls: TlsSession, bytes: Uint8Array<ArrayBuffer>, receiver: Receiver, at_ms: number): void {
    tls.feed(bytes);
    for (let text = tls.open(); text !== null; text = tls.open()) {
      if (receiver.onBytes(text, at_ms)) this.#loop.turn();
    }
    if (tls.ended) this.#end(receiver);
    else sendSealed(this.#socket, tls);
  }

  /** Over TLS a peer that only closes may have been cut off by somebody else. */
  #end(receiver: Receiver): void {
    const at_ms = this.#loop.now();
    const whole = this.#tls === null || this.#tls.ended;
    this.close();
    this.#loop.turn();
    if (whole) receiver.onClosed(this.#writing, at_ms);
    else {
      const message = "the peer closed the connection without close_notify";
      receiver.onBroken(new Deno.errors.UnexpectedEof(message), at_ms);
    }
  }

  /** Reads at rest, when nothing but the session's own messages may come. Returns whether it was that. */
  #onlyTickets(tls: TlsSession): boolean {
    const { received } = this.#loop.libc;
    try {
      for (let count = this.#socket.receive(); count >= 0; count = this.#socket.receive()) {
        if (count === 0) return false;
        tls.feed(received.subarray(0, count));
        if (tls.open() !== null || tls.ended) return false;
      }
      sendSealed(this.#socket, tls);
      return true;
    } catch (error) {
      if (error instanceof NetworkError) return false;
      throw error;
    }
  }

  /** Bytes for the socket that come next, valid until the next call; empty = there are none. */
  #next(): Uint8Array<ArrayBuffer> {
    const rest = this.#rest ?? nothing;
    const taken = this.#tls === null ? rest.length : Math.min(rest.length, pieceSize);
    if (taken > 0) this.#rest = rest.subarray(taken);
    const piece = rest.subarray(0, taken);
    if (this.#tls === null) return piece;
    if (taken > 0) this.#tls.seal(piece);
    return this.#tls.take() ?? nothing;
  }

  /** Writes what is given and what else there is, as far as there is room. */
  #write(first?: Uint8Array<ArrayBuffer>): void {
    try {
      if (first !== undefined) this.#socket.send(first);
      if (!this.#socket.flush()) return;
      for (let next = this.#next(); next.length > 0; next = this.#next()) {
        if (!this.#socket.send(next)) return;
      }
      if (this.#rest === null) return;
      this.#rest = null;
      this.#receiver?.onWritten(this.#loop.now());
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      this.#writing = error;
      this.#rest = null;
      this.#socket.discard();
    }
  }
}

/**
 * Opens connections; over TLS with what `tls` trusts. All addresses of a name are tried in order.
 *
 * @param tls null = TLS is refused
 * @throws {UserError} for TLS where it is refused
 */
export function kernelOpening(loop: KernelLoop, tls: TlsContext | null): OpenConnection {
  return async ({ origin, proxy }, { now, signal }) => {
    if (origin.tls && tls === null) {
      throw new UserError({
        action: "time with the kernel clock",
        thing: origin.key,
        found: "it speaks TLS",
        expected: "http",
        remedy: "Set `load.clock: user`",
      });
    }
    const { hostname, port } = proxy ?? origin;
    const started = now();
    const addresses = await unlessAborted(addressesOf(hostname), signal);
    const looked = now();
    const socket = await connectToFirst(loop, addresses, port, signal, hostname);
    try {
      if (origin.tls && proxy !== null) await openTunnel(socket, origin, proxy, signal);
      const connected = now();
      const session = origin.tls ? await secured(socket, tls!, origin.hostname, signal) : null;
      const dns_ms = isIP(hostname) ? null : looked - started;
      return {
        connection: new KernelConnection(socket, session),
        times: {
          dns_ms,
          connect_ms: connected - (dns_ms === null ? started : looked),
          tls_ms: origin.tls ? now() - connected : null,
        },
      };
    } catch (error) {
      socket.close();
      throw error;
    }
  };
}

async function connectToFirst(
  loop: KernelLoop,
  addresses: readonly string[],
  port: number,
  signal: AbortSignal,
  hostname: string,
): Promise<KernelSocket> {
  let failure: unknown = new NetworkError(`no address is known for ${hostname}`);
  for (const address of addresses) {
    try {
      return await KernelSocket.connect(loop, address, port, signal);
    } catch (error) {
      signal.throwIfAborted();
      failure = error;
    }
  }
  throw failure;
}
