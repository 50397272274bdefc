/** A TCP connection whose arrivals the kernel stamps. */

import { isIP } from "node:net";
import { UserError } from "../core/mod.ts";
import { type Connection, NetworkError, type OpenConnection, type Receiver } from "./connection.ts";
import type { KernelLoop, Watcher } from "./kernel_loop.ts";
import {
  AF_INET,
  AF_INET6,
  EAGAIN,
  EINPROGRESS,
  EINTR,
  EPOLLOUT,
  IPPROTO_TCP,
  MSG_DONTWAIT,
  MSG_NOSIGNAL,
  receiveSize,
  SO_TIMESTAMPNS,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
  SOCK_STREAM,
  SOL_SOCKET,
  TCP_NODELAY,
} from "./libc.ts";
import { addressesOf, unlessAborted } from "./name_lookup.ts";
import { writeSocketAddress } from "./socket_address.ts";

const nothing = new Uint8Array(0);

class KernelConnection implements Connection, Watcher {
  readonly #loop: KernelLoop;
  readonly #fd: number;
  readonly #id: number;
  #receiver: Receiver | null = null;
  #unsent: Uint8Array<ArrayBuffer> = nothing;
  #writing: Error | null = null;
  /** No arrival can be earlier. */
  #since_ms = 0;
  #open = true;

  constructor(loop: KernelLoop, fd: number, id: number) {
    this.#loop = loop;
    this.#fd = fd;
    this.#id = id;
    loop.rewatch(fd, id, false, this);
  }

  begin(bytes: Uint8Array<ArrayBuffer>, receiver: Receiver): number {
    this.#receiver = receiver;
    this.#unsent = bytes;
    this.#loop.busy();
    this.#since_ms = this.#loop.now();
    const sent_ms = this.#since_ms;
    this.#write();
    if (this.#unsent.length > 0) this.#loop.rewatch(this.#fd, this.#id, true, this);
    return sent_ms;
  }

  rest(): void {
    this.#receiver = null;
    this.#loop.idle();
  }

  /** The loop may not have run meanwhile, so the socket itself is asked. */
  usable(): boolean {
    return this.#open && this.#loop.libc.silent(this.#fd);
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    if (this.#receiver !== null) this.rest();
    this.#loop.libc.call.close(this.#fd);
    this.#loop.forget(this.#id);
  }

  onReady(events: number): void {
    if (this.#receiver === null) return this.close();
    if ((events & EPOLLOUT) !== 0 && this.#unsent.length > 0) {
      this.#write();
      if (this.#unsent.length === 0) this.#loop.rewatch(this.#fd, this.#id, false, this);
    }
    if ((events & ~EPOLLOUT) !== 0) this.#read();
  }

  #read(): void {
    const { libc } = this.#loop;
    let count = receiveSize;
    while (count === receiveSize && this.#receiver !== null) {
      count = libc.receive(this.#fd);
      const receiver = this.#receiver;
      if (count > 0) {
        const at_ms = this.#loop.arrival(this.#since_ms);
        this.#since_ms = at_ms;
        if (receiver.onBytes(libc.received.subarray(0, count), at_ms)) this.#loop.turn();
        continue;
      }
      const code = libc.errno;
      if (count < 0 && (code === EAGAIN || code === EINTR)) return;
      const at_ms = this.#loop.now();
      this.close();
      this.#loop.turn();
      if (count === 0) receiver.onClosed(this.#writing, at_ms);
      else receiver.onBroken(new NetworkError(libc.explain(code)), at_ms);
    }
  }

  #write(): void {
    const { libc } = this.#loop;
    while (this.#unsent.length > 0) {
      const bytes = this.#unsent;
      const count = libc.call.send(this.#fd, bytes, BigInt(bytes.length), MSG_DONTWAIT | MSG_NOSIGNAL);
      if (count < 0) {
        const code = libc.errno;
        if (code === EINTR) continue;
        if (code === EAGAIN) return;
        this.#writing = new NetworkError(libc.explain(code));
        this.#unsent = nothing;
        return;
      }
      this.#unsent = count === bytes.length ? nothing : bytes.subarray(count);
    }
    this.#receiver?.onWritten(this.#loop.now());
  }
}

/**
 * Opens connections over plain TCP. All addresses of a name are tried in order.
 *
 * @throws {UserError} for TLS: its bytes are not this loop's to read
 */
export function kernelOpening(loop: KernelLoop): OpenConnection {
  return async ({ origin, proxy }, { now, signal }) => {
    if (origin.tls) {
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
    let failure: unknown = new NetworkError(`no address is known for ${hostname}`);
    for (const address of addresses) {
      try {
        const connection = await connect(loop, address, port, signal);
        const dns_ms = isIP(hostname) ? null : looked - started;
        return {
          connection,
          times: { dns_ms, connect_ms: now() - (dns_ms === null ? started : looked), tls_ms: null },
        };
      } catch (error) {
        signal.throwIfAborted();
        failure = error;
      }
    }
    throw failure;
  };
}

async function connect(
  loop: KernelLoop,
  address: string,
  port: number,
  signal: AbortSignal,
): Promise<KernelConnection> {
  signal.throwIfAborted();
  const { libc } = loop;
  const fd = loop.check(
    libc.call.socket(isIP(address) === 6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0),
  );
  let id: number | null = null;
  loop.busy();
  try {
    loop.check(libc.setOption(fd, IPPROTO_TCP, TCP_NODELAY, 1));
    loop.check(libc.setOption(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1));
    const writable = Promise.withResolvers<void>();
    id = loop.watch(fd, true, {
      onReady() {
        loop.turn();
        writable.resolve();
      },
    });
    const length = writeSocketAddress(libc.view, libc.scratchAt, address, port);
    if (libc.call.connect(fd, libc.scratch, length) < 0 && libc.errno !== EINPROGRESS) loop.check(-1);
    await unlessAborted(writable.promise, signal);
    const code = libc.pendingError(fd);
    if (code !== 0) throw new NetworkError(libc.explain(code));
    return new KernelConnection(loop, fd, id);
  } catch (error) {
    libc.call.close(fd);
    if (id !== null) loop.forget(id);
    throw error;
  } finally {
    loop.idle();
  }
}
