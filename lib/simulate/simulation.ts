/** The embedded endpoint as a server: connections in, requests to the service, an end. */

import { errorBody } from "./dialects/openai_error.ts";
import { type Connection, type Listener, plainListener, resettingListener } from "./connection.ts";
import { BadRequest, Incoming } from "./incoming.ts";
import { completeOptions, type SimulateOptions } from "./options.ts";
import { Outgoing, wholeResponse } from "./outgoing.ts";
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
  const hostname = options.host.replace(/[[\]]/g, "");
  const { faults } = options;
  const resets = (faults?.reset_before_headers ?? faults?.reset_mid_stream) !== undefined;
  const listener = resets
    ? await resettingListener(hostname, options.port)
    : plainListener(hostname, options.port);
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
  const { port } = listener;
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
  readonly #listener: Listener;
  readonly #service: Service;
  readonly #connections = new Map<Connection, Outgoing>();
  readonly #exchanges = new Set<Promise<void>>();
  readonly #end = Promise.withResolvers<void>();
  readonly #idleTimer: ReturnType<typeof setInterval>;
  #busy = 0;
  #lastActive = now();
  #closing: Promise<void> | null = null;

  constructor(listener: Listener, service: Service, idle_ms: number) {
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
    for (const [connection, outgoing] of this.#connections) {
      outgoing.abandon();
      connection.close();
    }
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
      const connection = await this.#listener.accept();
      if (connection === null) return;
      this.#track(this.#converse(connection));
    }
  }

  /** Serves one connection to its end. What goes wrong on the network ends it quietly. */
  async #converse(connection: Connection): Promise<void> {
    const incoming = new Incoming(connection);
    const outgoing = new Outgoing(connection);
    this.#connections.set(connection, outgoing);
    try {
      while (await this.#exchange(incoming, outgoing) && this.#closing === null);
    } catch (error) {
      if (!(error instanceof BadRequest)) return;
      outgoing.write(badRequest(error));
      await outgoing.flushed();
      await lingeringClose(connection, incoming);
    } finally {
      this.#connections.delete(connection);
      connection.close();
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

function badRequest({ status, message }: BadRequest): Uint8Array {
  const body = errorBody({ message: `${message}.`, param: null, code: null });
  return wholeResponse(status, body, { connection: "close" });
}

/** Lets the client read the response before the connection goes: closing over unread bytes would reset it. */
async function lingeringClose(connection: Connection, incoming: Incoming): Promise<void> {
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
