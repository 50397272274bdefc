/** Connections and where they come from: the runtime's own, or Node's, which alone can be reset. */

import { createServer, type Socket } from "node:net";
import type { Sending } from "./outgoing.ts";

/** One accepted connection. */
export interface Connection extends Sending {
  read(buffer: Uint8Array): Promise<number | null>;
  /** Ends the sending half. */
  closeWrite(): Promise<void>;
}

export interface Listener {
  readonly port: number;
  /** The next connection; null once it is closed. */
  accept(): Promise<Connection | null>;
  close(): void;
}

/** Listens by the runtime's own sockets: the least work for each write. Its `reset` is a close. */
export function plainListener(hostname: string, port: number): Listener {
  const listener = Deno.listen({ hostname, port });
  return {
    port: listener.addr.port,
    async accept() {
      while (true) {
        try {
          const connection = await listener.accept();
          connection.setNoDelay(true);
          return new PlainConnection(connection);
        } catch (error) {
          if (error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted) {
            return null;
          }
        }
      }
    },
    close: () => listener.close(),
  };
}

class PlainConnection implements Connection {
  readonly #connection: Deno.TcpConn;

  constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  read(buffer: Uint8Array): Promise<number | null> {
    return this.#connection.read(buffer);
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#connection.write(bytes);
  }

  closeWrite(): Promise<void> {
    return this.#connection.closeWrite();
  }

  close(): void {
    try {
      this.#connection.close();
    } catch {
      return;
    }
  }

  reset(): void {
    this.close();
  }
}

/** Listens by `node:net`: a fifth more work for each write, but a connection can end with RST. */
export async function resettingListener(hostname: string, port: number): Promise<Listener> {
  const waiting: Connection[] = [];
  let wake: ((connection: Connection | null) => void) | null = null;
  let closed = false;
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: false }, (socket) => {
    const connection = new ResettingConnection(socket);
    if (wake === null) waiting.push(connection);
    else wake(connection);
    wake = null;
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, hostname, () => resolve());
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The listener has no port");
  return {
    port: address.port,
    accept() {
      const next = waiting.shift() ?? (closed ? null : undefined);
      return next === undefined ? new Promise((resolve) => wake = resolve) : Promise.resolve(next);
    },
    close() {
      closed = true;
      server.close();
      wake?.(null);
    },
  };
}

class ResettingConnection implements Connection {
  readonly #socket: Socket;
  #changed = Promise.withResolvers<void>();
  #ended = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    const change = () => {
      this.#changed.resolve();
      this.#changed = Promise.withResolvers();
    };
    const end = () => {
      this.#ended = true;
      change();
    };
    socket.on("readable", change).on("end", end).on("close", end).on("error", end);
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    while (true) {
      const { readableLength } = this.#socket;
      const bytes: Uint8Array | null = readableLength === 0
        ? this.#socket.read()
        : this.#socket.read(Math.min(readableLength, buffer.length));
      if (bytes !== null) {
        buffer.set(bytes);
        return bytes.length;
      }
      if (this.#ended) return null;
      await this.#changed.promise;
    }
  }

  write(bytes: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#socket.write(bytes, (error) => error ? reject(error) : resolve(bytes.length));
    });
  }

  closeWrite(): Promise<void> {
    return new Promise((resolve) => this.#socket.end(() => resolve()));
  }

  close(): void {
    this.#socket.destroy();
  }

  reset(): void {
    this.#socket.resetAndDestroy();
  }
}
