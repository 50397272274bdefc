/** A connected socket in the kernel's loop. */

import { isIP } from "node:net";
import { NetworkError } from "./connection.ts";
import type { KernelLoop, Watcher } from "./kernel_loop.ts";
import {
  AF_INET,
  AF_INET6,
  EAGAIN,
  EINPROGRESS,
  EINTR,
  IPPROTO_TCP,
  MSG_DONTWAIT,
  MSG_NOSIGNAL,
  SO_TIMESTAMPNS,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
  SOCK_STREAM,
  SOL_SOCKET,
  TCP_NODELAY,
} from "./libc.ts";
import { unlessAborted } from "./name_lookup.ts";
import { writeSocketAddress } from "./socket_address.ts";

const nothing = new Uint8Array(0);

export class KernelSocket implements Watcher {
  readonly loop: KernelLoop;
  /** Who hears of it. */
  onReady: (events: number) => void = () => {};
  readonly #fd: number;
  readonly #id: number;
  #unsent: Uint8Array<ArrayBuffer> = nothing;
  #awaitsRoom = true;
  #open = true;

  private constructor(loop: KernelLoop, fd: number) {
    this.loop = loop;
    this.#fd = fd;
    this.#id = loop.watch(fd, true, this);
  }

  /** Connects to an address. Rejects with NetworkError, or with the signal's reason. */
  static async connect(
    loop: KernelLoop,
    address: string,
    port: number,
    signal: AbortSignal,
  ): Promise<KernelSocket> {
    signal.throwIfAborted();
    const { libc } = loop;
    const family = isIP(address) === 6 ? AF_INET6 : AF_INET;
    const fd = loop.check(libc.call.socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    let socket: KernelSocket | null = null;
    try {
      loop.check(libc.setOption(fd, IPPROTO_TCP, TCP_NODELAY, 1));
      loop.check(libc.setOption(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1));
      const length = writeSocketAddress(libc.view, libc.scratchAt, address, port);
      if (libc.call.connect(fd, libc.scratch, length) < 0 && libc.errno !== EINPROGRESS) loop.check(-1);
      socket = new KernelSocket(loop, fd);
      await socket.until(() => true, signal);
      const code = libc.pendingError(fd);
      if (code !== 0) throw new NetworkError(libc.explain(code));
      socket.#awaitRoom(false);
      return socket;
    } catch (error) {
      if (socket === null) libc.call.close(fd);
      else socket.close();
      throw error;
    }
  }

  get open(): boolean {
    return this.#open;
  }

  /** Whether it is open and has nothing to read. */
  get silent(): boolean {
    return this.#open && this.loop.libc.silent(this.#fd);
  }

  /**
   * Reads into `libc.received`. Returns the number of bytes, 0 at the end of the stream, -1 when nothing has come. Throws
   * NetworkError.
   */
  receive(): number {
    const { libc } = this.loop;
    const count = libc.receive(this.#fd);
    if (count >= 0) return count;
    const code = libc.errno;
    if (code === EAGAIN || code === EINTR) return -1;
    throw new NetworkError(libc.explain(code));
  }

  /**
   * Hands bytes to the system and keeps a copy of what it has no room for. Returns whether it has taken all; throws
   * NetworkError.
   */
  send(bytes: Uint8Array<ArrayBuffer>): boolean {
    const waiting = this.#unsent;
    const count = waiting.length > 0 ? 0 : this.#hand(bytes);
    if (count === bytes.length) return true;
    this.#unsent = new Uint8Array(waiting.length + bytes.length - count);
    this.#unsent.set(waiting);
    this.#unsent.set(bytes.subarray(count), waiting.length);
    this.#awaitRoom(true);
    return false;
  }

  /** Goes on with what was kept. Returns whether nothing is; throws NetworkError. */
  flush(): boolean {
    if (this.#unsent.length === 0) return true;
    this.#unsent = this.#unsent.subarray(this.#hand(this.#unsent));
    if (this.#unsent.length > 0) return false;
    this.#awaitRoom(false);
    return true;
  }

  /** Nothing can be sent any more. */
  discard(): void {
    if (this.#unsent.length > 0) this.#awaitRoom(false);
    this.#unsent = nothing;
  }

  /** Takes a step whenever something has happened, until one returns true. Rejects with what it throws. */
  async until(step: () => boolean, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.onReady = () => {
      try {
        if (!step()) return;
        resolve();
      } catch (error) {
        reject(error);
      }
      this.onReady = () => {};
      this.loop.turn();
    };
    this.loop.busy();
    try {
      await unlessAborted(promise, signal);
    } finally {
      this.loop.idle();
    }
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.loop.libc.call.close(this.#fd);
    this.loop.forget(this.#id);
  }

  /** Returns how many bytes the system took. */
  #hand(bytes: Uint8Array<ArrayBuffer>): number {
    const { libc } = this.loop;
    let done = 0;
    while (done < bytes.length) {
      const rest = done === 0 ? bytes : bytes.subarray(done);
      const count = libc.call.send(this.#fd, rest, BigInt(rest.length), MSG_DONTWAIT | MSG_NOSIGNAL);
      if (count >= 0) {
        done += count;
        continue;
      }
      const code = libc.errno;
      if (code === EAGAIN) break;
      if (code !== EINTR) throw new NetworkError(libc.explain(code));
    }
    return done;
  }

  #awaitRoom(wanted: boolean): void {
    if (this.#awaitsRoom === wanted) return;
    this.#awaitsRoom = wanted;
    this.loop.rewatch(this.#fd, this.#id, wanted, this);
  }
}
