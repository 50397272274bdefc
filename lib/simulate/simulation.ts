/** The embedded endpoint as a server: connections in, requests to the service, an end. */

import { BadRequest, Incoming } from "./incoming.ts";
import { errorBody } from "./chat_response.ts";
import { jsonResponse } from "./completion.ts";
import { completeOptions, type SimulateOptions } from "./options.ts";
import { Outgoing } from "./outgoing.ts";
import { Service } from "./service.ts";
import { now } from "./time.ts";

/** A running embedded endpoint. */
export interface Simulation {
  /** Base URL for clients: `http://127.0.0.1:PORT/v1`. */
  readonly url: string;
  readonly port: number;
  /** Resolves when it has ended, by `close` or by its own idle limit. */
  readonly ended: Promise<void>;
  /** Cuts all connections, writes the log out and ends. Harmless when called again. */
  close(): Promise<void>;
}

/**
 * Starts the embedded endpoint in this process. It needs to read `prompts_dir` and this area's `deadline_thread.ts`, to
 * write `log_path` and to listen on `host`.
 *
 * @throws {UserError} if an option is wrong
 */
export async function serve(given: Partial<SimulateOptions> = {}): Promise<Simulation> {
  const options = completeOptions(given);
  const listener = Deno.listen({ hostname: options.host.replace(/[[\]]/g, ""), port: options.port });
  let service: Service;
  try {
    service = new Service(options);
  } catch (error) {
    listener.close();
    throw error;
  }
  const server = new Server(listener, service, options.idle_minutes * 60_000);
  try {
    await service.prepare();
  } catch (error) {
    await server.close();
    throw error;
  }
  server.start();
  const { port } = listener.addr as Deno.NetAddr;
  const host = options.host.includes(":") && !options.host.startsWith("[")
    ? `[${options.host}]`
    : options.host;
  return {
    url: `http://${host}:${port}/v1`,
    port,
    ended: server.ended,
    close: () => server.close(),
  };
}

class Server {
  readonly #listener: Deno.TcpListener;
  readonly #service: Service;
  readonly #connections = new Set<Deno.TcpConn>();
  readonly #exchanges = new Set<Promise<void>>();
  readonly #end = Promise.withResolvers<void>();
  readonly #idleTimer: ReturnType<typeof setInterval>;
  #busy = 0;
  #lastActive = now();
  #closing: Promise<void> | null = null;

  constructor(listener: Deno.TcpListener, service: Service, idle_ms: number) {
    this.#listener = listener;
    this.#service = service;
    this.#idleTimer = setInterval(() => {
      if (this.#busy === 0 && now() - this.#lastActive >= idle_ms) this.close();
    }, Math.min(idle_ms / 4, 30_000));
  }

  get ended(): Promise<void> {
    return this.#end.promise;
  }

  start(): void {
    this.#track(this.#accept());
  }

  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    clearInterval(this.#idleTimer);
    this.#listener.close();
    for (const connection of this.#connections) closeQuietly(connection);
    await Promise.all(this.#exchanges);
    await this.#service.close();
    this.#end.resolve();
  }

  #track(work: Promise<void>): void {
    const tracked: Promise<void> = work.finally(() => this.#exchanges.delete(tracked));
    this.#exchanges.add(tracked);
  }

  async #accept(): Promise<void> {
    while (this.#closing === null) {
      let connection: Deno.TcpConn;
      try {
        connection = await this.#listener.accept();
      } catch (error) {
        if (error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted) return;
        continue;
      }
      this.#connections.add(connection);
      this.#track(this.#converse(connection));
    }
  }

  /** Serves one connection to its end. What goes wrong on the network ends it quietly. */
  async #converse(connection: Deno.TcpConn): Promise<void> {
    const incoming = new Incoming(connection);
    const outgoing = new Outgoing(connection);
    try {
      connection.setNoDelay(true);
      while (await this.#exchange(incoming, outgoing) && this.#closing === null);
    } catch (error) {
      if (!(error instanceof BadRequest)) return;
      outgoing.send(badRequest(error));
      await outgoing.flushed();
      await lingeringClose(connection, incoming);
    } finally {
      this.#connections.delete(connection);
      closeQuietly(connection);
    }
  }

  /** One request and its response; whether another may follow. */
  async #exchange(incoming: Incoming, outgoing: Outgoing): Promise<boolean> {
    const request = await incoming.next();
    if (request === null) return false;
    this.#busy++;
    try {
      await this.#service.handle(request, incoming, outgoing);
      await outgoing.flushed();
    } finally {
      this.#busy--;
      this.#lastActive = now();
    }
    return request.keep_alive && request.minor_version === 1 && !outgoing.broken;
  }
}

function badRequest({ status, message }: BadRequest): string {
  const body = errorBody({ message: `${message}.`, param: null, code: null });
  return jsonResponse(status, body, { connection: "close" });
}

/** Lets the client read the response before the connection goes: closing over unread bytes would reset it. */
async function lingeringClose(connection: Deno.TcpConn, incoming: Incoming): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const enough = new Promise<void>((resolve) => timer = setTimeout(resolve, 500));
  try {
    await connection.closeWrite();
    await Promise.race([incoming.drained(), enough]);
  } catch {
    return;
  } finally {
    clearTimeout(timer);
  }
}

function closeQuietly(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch {
    return;
  }
}
