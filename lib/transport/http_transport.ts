/** HTTP/1.1 over kept-alive connections of either clock. */

import { messageOf } from "../core/mod.ts";
import {
  type Connection,
  type OpenConnection,
  type Route,
  routeKey,
  StaleConnectionError,
} from "./connection.ts";
import { Exchange, isNetworkError } from "./exchange.ts";
import { KeepAlive } from "./keep_alive.ts";
import type { ProxyFor } from "./proxies.ts";
import { type RequestBytes, requestBytes } from "./request_bytes.ts";
import type { ResponseSink, SendOptions, SendResult, Transport, WireRequest } from "./wire.ts";

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

interface Rested {
  readonly connection: Connection;
  readonly since_ms: number;
}

/** Everything that does not depend on the kind of connection. */
export class HttpTransport implements Transport {
  readonly clock: Transport["clock"];
  readonly now: () => number;
  readonly #parts: HttpTransportParts;
  readonly #rested = new Map<string, Rested[]>();
  readonly #peers = new Map<string, KeepAlive>();
  readonly #underWay = new Set<Exchange>();
  readonly #prepared = new WeakMap<WireRequest, RequestBytes>();
  #closed = false;

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
      return exchange.result({ ended_ms: await this.#run(exchange, { origin, proxy }, bytes) });
    } catch (error) {
      return exchange.result({ error });
    } finally {
      this.#underWay.delete(exchange);
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const exchange of this.#underWay) exchange.cancel();
    for (const all of this.#rested.values()) all.forEach(({ connection }) => connection.close());
    this.#rested.clear();
    this.#parts.onClose?.();
  }

  /** One exchange, on a connection that rested or on a new one. Resolves to its end. */
  async #run(exchange: Exchange, route: Route, bytes: Uint8Array<ArrayBuffer>): Promise<number> {
    exchange.signal.throwIfAborted();
    const key = routeKey(route);
    const kept = this.#take(key);
    if (kept !== null) {
      const peer = this.#peer(key);
      const rested_ms = this.now() - kept.since_ms;
      exchange.reused = true;
      try {
        const ended_ms = await this.#carry(exchange, kept.connection, route, bytes);
        peer.answered();
        return ended_ms;
      } catch (error) {
        if (exchange.received || exchange.signal.aborted || !isNetworkError(error)) throw error;
        peer.ended(rested_ms);
        if (!peer.isStale(rested_ms)) throw error;
        this.#dropRested(key);
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

  #take(key: string): Rested | null {
    const all = this.#rested.get(key) ?? [];
    for (let rested = all.pop(); rested !== undefined; rested = all.pop()) {
      if (rested.connection.usable()) return rested;
      this.#peer(key).ended(this.now() - rested.since_ms);
      rested.connection.close();
    }
    return null;
  }

  /** What rests beside a stale connection is likely to be as stale. */
  #dropRested(key: string): void {
    for (const { connection } of this.#rested.get(key) ?? []) connection.close();
    this.#rested.delete(key);
  }

  #peer(key: string): KeepAlive {
    return this.#peers.getOrInsertComputed(key, () => new KeepAlive());
  }

  #keep(connection: Connection, key: string): void {
    if (!this.#peer(key).worthWhile) return connection.close();
    connection.rest();
    this.#rested.getOrInsertComputed(key, () => []).push({ connection, since_ms: this.now() });
  }
}
