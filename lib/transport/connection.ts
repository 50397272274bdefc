/** What every kind of connection offers to an exchange, and what an exchange takes from it. */

import type { Proxy } from "./proxies.ts";
import type { Origin } from "./request_bytes.ts";

/** Where a connection leads: to the origin itself or to a proxy on the way. */
export interface Route {
  readonly origin: Origin;
  readonly proxy: Proxy | null;
}

/** Requests with the same key may follow each other on one connection. */
export function routeKey({ origin, proxy }: Route): string {
  if (proxy === null) return origin.key;
  return origin.tls ? `${origin.key} by ${proxy.key}` : proxy.key;
}

/** How long the phases of opening took, in milliseconds; null = there was no such phase. */
export interface OpeningTimes {
  readonly dns_ms: number | null;
  /** With the proxy's answer to CONNECT, where there is one. */
  readonly connect_ms: number;
  readonly tls_ms: number | null;
}

/** The network or the peer has failed; the message is the system's. */
export class NetworkError extends Error {
  override readonly name = "NetworkError";
}

/** A resting connection was closed by the peer as it was used again. */
export class StaleConnectionError extends NetworkError {}

/** Takes what a connection brings. Stamps are milliseconds on the transport's clock. */
export interface Receiver {
  /** The last byte of the request was handed to the system. */
  onWritten(at_ms: number): void;
  /** Bytes, valid during the call. Returns whether the exchange is over. */
  onBytes(bytes: Uint8Array, at_ms: number): boolean;
  /** The peer has closed; nothing follows. `writing`: why the request could not be written whole, if it was not. */
  onClosed(writing: Error | null, at_ms: number): void;
  /** The connection broke; nothing follows. */
  onBroken(error: Error, at_ms: number): void;
}

/** An open connection. It carries one exchange at a time. */
export interface Connection {
  /** Sends a request and hands what comes to the receiver. Returns the time just before the first byte is written. */
  begin(bytes: Uint8Array<ArrayBuffer>, receiver: Receiver): number;
  /** The exchange is over; the connection stays open. */
  rest(): void;
  /** Whether a rested connection is still open and silent. */
  usable(): boolean;
  /** Closes it; the receiver hears nothing more. */
  close(): void;
}

/** What opening needs beside the route. */
export interface OpeningOptions {
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** Opens a connection. Certificate and host name are verified. Rejects with NetworkError or the system's error. */
export type OpenConnection = (
  route: Route,
  options: OpeningOptions,
) => Promise<{ connection: Connection; times: OpeningTimes }>;
