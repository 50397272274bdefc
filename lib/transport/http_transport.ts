/** HTTP/1.1 over kept-alive connections of either clock. */

import { messageOf } from "../core/mod.ts";
import {
  type Connection,
  type OpenConnection,
  type Route,
  routeKey,
  StaleConnectionError,
} from "./connection.ts";
import { Exchange, isNetworkError, isOutcome } from "./exchange.ts";
import { KeepAlive } from "./keep_alive.ts";
import type { ProxyFor } from "./proxies.ts";
import { originOf, type RequestBytes, requestBytes } from "./request_bytes.ts";
import { RestingConnections } from "./resting_connections.ts";
import type { AheadOptions, ResponseSink, SendOptions, SendResult, Transport, WireRequest } from "./wire.ts";

/** What every transport can be told. */
export interface TransportOptions {
  /** Milliseconds from the origin of all stamps. @default performance.now */
  readonly now?: () => number;
  /** PEM certificates trusted beside the system's. */
  readonly caCerts?: readonly string[];
  /** The way to each origin. @default direct */
  readonly proxyFor?: ProxyFor;
}

/** What makes a transport out of this class. */
export interface HttpTransportParts {
  readonly clock: Transport["clock"];
  readonly now: () => number;
  readonly proxyFor: ProxyFor | undefined;
  readonly open: OpenConnection;
  /** Called once, after all connections are closed. */
  readonly onClose?: () => void;
}

/** Everything that does not depend on the kind of connection. */
export class HttpTransport implements Transport {
  readonly clock: Transport["clock"];
  readonly now: () => number;
  readonly #parts: HttpTransportParts;
  /** One that never carried anything tells nothing of what its peer does after a response. */
  readonly #resting = new RestingConnections((key, { since_ms, opened }) => {
    if (opened === null) this.#peer(key).ended(this.now() - since_ms);
  });
  readonly #peers = new Map<string, KeepAlive>();
  readonly #underWay = new Set<Exchange>();
  readonly #opening = new Map<WireRequest, Promise<void>>();
  readonly #prepared = new WeakMap<WireRequest, RequestBytes>();
  readonly #closing = new AbortController();

  constructor(parts: HttpTransportParts) {
    this.clock = parts.clock;
    this.now = parts.now;
    this.#parts = parts;
  }

  prepare(request: WireRequest): void {
    this.#prepared.set(request, requestBytes(request, this.#parts.proxyFor));
  }

  async send(request: WireRequest, sink: ResponseSink, options: SendOptions = {}): Promise<SendResult> {
    const made = this.#prepared.get(request) ?? requestBytes(request, this.#parts.proxyFor);
    const { origin, proxy, bytes } = made;
    const exchange = new Exchange(sink, options, this.now);
    if (this.#closed) exchange.cancel();
    this.#underWay.add(exchange);
    try {
      const ended_ms = await this.#run(exchange, request, { origin, proxy }, bytes);
      return exchange.result({ ended_ms });
    } catch (error) {
      return exchange.result({ error });
    } finally {
      this.#underWay.delete(exchange);
    }
  }

  async connectAhead(request: WireRequest, { older_than_ms, signal }: AheadOptions): Promise<void> {
    const { origin } = originOf(request.url);
    const route = { origin, proxy: this.#parts.proxyFor?.(origin) ?? null };
    const key = routeKey(route);
    this.#resting.close(key, this.now() - older_than_ms);
    if (this.#closed || this.#resting.keepFor(key, request)) return;
    const opening = this.#opening.get(request) ?? this.#openAhead(request, route, signal);
    this.#opening.set(request, opening);
    try {
      await opening;
    } finally {
      this.#opening.delete(request);
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closing.abort();
    for (const exchange of this.#underWay) exchange.cancel();
    this.#resting.closeAll();
    this.#parts.onClose?.();
  }

  get #closed(): boolean {
    return this.#closing.signal.aborted;
  }

  async #openAhead(request: WireRequest, route: Route, asked: AbortSignal | undefined): Promise<void> {
    const { now, open } = this.#parts;
    const closing = this.#closing.signal;
    const signal = asked === undefined ? closing : AbortSignal.any([closing, asked]);
    try {
      const { connection, times } = await open(route, { now, signal });
      if (this.#closed) return connection.close();
      this.#resting.add(routeKey(route), {
        connection,
        since_ms: now(),
        opened: times,
        kept_for: request,
      });
    } catch (error) {
      // The call meets the same, and tells of it; what was aborted has no call.
      if (!isOutcome(error) && !signal.aborted) throw error;
    }
  }

  /** One exchange, on a connection that rested or on a new one. Resolves to its end. */
  async #run(
    exchange: Exchange,
    request: WireRequest,
    route: Route,
    bytes: Uint8Array<ArrayBuffer>,
  ): Promise<number> {
    exchange.signal.throwIfAborted();
    const key = routeKey(route);
    const kept = this.#resting.take(key, request);
    if (kept !== null) {
      const { connection, since_ms, opened } = kept;
      const peer = this.#peer(key);
      const rested_ms = this.now() - since_ms;
      const reused = exchange.reused = opened === null;
      exchange.ahead = !reused;
      exchange.times = opened;
      try {
        const ended_ms = await this.#carry(exchange, connection, route, bytes);
        if (reused) peer.answered();
        return ended_ms;
      } catch (error) {
        if (exchange.received || exchange.signal.aborted || !isNetworkError(error)) throw error;
        if (reused) peer.ended(rested_ms);
        if (!peer.isStale(rested_ms, reused)) throw error;
        this.#resting.close(key);
        throw new StaleConnectionError(`${messageOf(error)}; the connection had rested`, { cause: error });
      }
    }
    const { now, open } = this.#parts;
    const { connection, times } = await open(route, { now, signal: exchange.signal });
    exchange.times = times;
    return await this.#carry(exchange, connection, route, bytes);
  }

  async #carry(
    exchange: Exchange,
    connection: Connection,
    route: Route,
    bytes: Uint8Array<ArrayBuffer>,
  ): Promise<number> {
    let reusable = false;
    try {
      const ended_ms = await exchange.carry(connection, bytes);
      reusable = exchange.persistent && !this.#closed;
      return ended_ms;
    } finally {
      if (reusable) this.#keep(connection, routeKey(route));
      else connection.close();
    }
  }

  #peer(key: string): KeepAlive {
    return this.#peers.getOrInsertComputed(key, () => new KeepAlive());
  }

  #keep(connection: Connection, key: string): void {
    if (!this.#peer(key).worthWhile) return connection.close();
    connection.rest();
    this.#resting.add(key, { connection, since_ms: this.now(), opened: null, kept_for: null });
  }
}
