/** The transport on `Deno.connect`: works everywhere, stamps in this process right after each read. */

import { messageOf } from "../core/mod.ts";
import { Connection, openConnection, type OpeningTimes } from "./connection.ts";
import { ExchangeLimits } from "./limits.ts";
import { type Origin, requestBytes } from "./request_bytes.ts";
import { FramingError, ResponseParser } from "./response_parser.ts";
import type {
  ResponseSink,
  SendOptions,
  SendResult,
  Transport,
  TransportFailure,
  WireRequest,
} from "./wire.ts";

export interface UserTransportOptions {
  /** Milliseconds from the origin of all stamps. @default performance.now */
  readonly now?: () => number;
  /** PEM certificates trusted beside the system's. */
  readonly caCerts?: readonly string[];
}

/**
 * A kept-alive connection that rested at least this long and then ends before any byte of a response was most likely
 * closed by the peer's keep-alive limit (whole seconds everywhere), and the request goes out once more on a fresh one. A
 * shorter rest makes it the peer's fault, which is recorded and not repeated.
 */
const staleAfter_ms = 1000;

/** Opens a transport whose connections live until `close`. */
export function userTransport(options: UserTransportOptions = {}): Transport {
  return new UserTransport(options);
}

/** What an exchange fills in. */
interface Draft {
  times: OpeningTimes | null;
  reused: boolean;
  sent_ms: number | null;
  body_sent_ms: number | null;
}

class UserTransport implements Transport {
  readonly clock = "user";
  readonly now: () => number;
  readonly #caCerts: readonly string[] | undefined;
  readonly #idle = new Map<string, Connection[]>();
  readonly #closing = new AbortController();

  constructor({ now = () => performance.now(), caCerts }: UserTransportOptions) {
    this.now = now;
    this.#caCerts = caCerts;
  }

  async send(request: WireRequest, sink: ResponseSink, options: SendOptions = {}): Promise<SendResult> {
    const { origin, bytes } = requestBytes(request);
    const parser = new ResponseParser(sink);
    const draft: Draft = { times: null, reused: false, sent_ms: null, body_sent_ms: null };
    const stop = new AbortController();
    let failure: TransportFailure | null = null;
    const fail = (reason: TransportFailure) => {
      failure ??= reason;
      stop.abort();
    };
    const cancel = () => fail({ kind: "cancelled", message: "cancelled" });
    const limits = new ExchangeLimits(options.limits ?? {}, this.now, fail);
    const signals = [options.signal, this.#closing.signal];
    for (const signal of signals) {
      if (signal?.aborted) cancel();
      signal?.addEventListener("abort", cancel);
    }
    let ended_ms: number;
    try {
      ended_ms = await this.#exchange(origin, bytes, parser, draft, limits, stop.signal);
    } catch (error) {
      ended_ms = this.now();
      if (!isOutcome(error)) throw error;
      failure ??= failureOf(error);
    } finally {
      limits.stop();
      for (const signal of signals) signal?.removeEventListener("abort", cancel);
    }
    return {
      dns_ms: draft.times?.dns_ms ?? null,
      connect_ms: draft.times?.connect_ms ?? null,
      tls_ms: draft.times?.tls_ms ?? null,
      reused: draft.reused,
      sent_ms: draft.sent_ms,
      body_sent_ms: draft.body_sent_ms,
      headers_ms: parser.headers_ms,
      ended_ms,
      status: parser.head?.status ?? null,
      failure,
    };
  }

  close(): void {
    this.#closing.abort();
    for (const connections of this.#idle.values()) connections.forEach((connection) => connection.close());
    this.#idle.clear();
  }

  /** One exchange; a second one on a fresh connection when the first found a stale one. Resolves to its end. */
  async #exchange(
    origin: Origin,
    bytes: Uint8Array,
    parser: ResponseParser,
    draft: Draft,
    limits: ExchangeLimits,
    signal: AbortSignal,
  ): Promise<number> {
    signal.throwIfAborted();
    const kept = this.#take(origin);
    if (kept !== null) {
      const rested = this.now() - kept.rested_ms;
      const state = { received: false };
      draft.reused = true;
      try {
        return await this.#onConnection(kept, bytes, parser, draft, limits, signal, state);
      } catch (error) {
        if (state.received || signal.aborted || rested < staleAfter_ms || !isNetworkError(error)) throw error;
        draft.reused = false;
        limits.enter("connect", this.now());
      }
    }
    const opened = await openConnection(origin, {
      now: this.now,
      signal,
      ...(this.#caCerts === undefined ? {} : { caCerts: this.#caCerts }),
    });
    draft.times = opened.times;
    opened.connection.uses++;
    return await this.#onConnection(opened.connection, bytes, parser, draft, limits, signal, {
      received: false,
    });
  }

  async #onConnection(
    connection: Connection,
    bytes: Uint8Array,
    parser: ResponseParser,
    draft: Draft,
    limits: ExchangeLimits,
    signal: AbortSignal,
    state: { received: boolean },
  ): Promise<number> {
    const abort = () => connection.close();
    signal.addEventListener("abort", abort);
    let reusable = false;
    try {
      signal.throwIfAborted();
      const sent_ms = this.now();
      draft.sent_ms = sent_ms;
      draft.body_sent_ms = null;
      limits.enter("first byte", sent_ms);
      let writeFailure: unknown;
      // The response may come before the request is written whole (413), so nothing waits for the write.
      this.#write(connection, bytes).then(
        (at_ms) => draft.body_sent_ms = at_ms,
        (error) => writeFailure = error,
      );
      for (;;) {
        const read = await connection.read();
        const at_ms = this.now();
        if (read === null) {
          if (parser.end()) return at_ms;
          if (!state.received) {
            throw writeFailure ?? new Deno.errors.ConnectionReset("closed without a response");
          }
          throw new Deno.errors.UnexpectedEof("the connection was closed before the end of the response");
        }
        state.received = true;
        limits.progress(at_ms);
        parser.push(read, at_ms);
        if (parser.done) {
          reusable = parser.persistent && draft.body_sent_ms !== null;
          return at_ms;
        }
      }
    } finally {
      signal.removeEventListener("abort", abort);
      if (reusable && !connection.closed && !this.#closing.signal.aborted) this.#keep(connection);
      else connection.close();
    }
  }

  async #write(connection: Connection, bytes: Uint8Array): Promise<number> {
    let done = 0;
    while (done < bytes.length) done += await connection.write(done === 0 ? bytes : bytes.subarray(done));
    return this.now();
  }

  #take(origin: Origin): Connection | null {
    const connection = this.#idle.get(origin.key)?.pop();
    connection?.wake();
    return connection ?? null;
  }

  #keep(connection: Connection): void {
    const connections = this.#idle.get(connection.origin.key) ?? [];
    this.#idle.set(connection.origin.key, connections);
    connections.push(connection);
    connection.rest(this.now(), () => {
      connection.close();
      const place = connections.indexOf(connection);
      if (place >= 0) connections.splice(place, 1);
    });
  }
}

/** Errors of sockets, name look-up and TLS; anything else is a mistake of this program. */
function isNetworkError(error: unknown): error is Error {
  return error instanceof Error &&
    Object.values(Deno.errors).some((kind) => error instanceof kind);
}

function isOutcome(error: unknown): boolean {
  return error instanceof FramingError || isNetworkError(error) ||
    (error instanceof DOMException && error.name === "AbortError");
}

function failureOf(error: unknown): TransportFailure {
  if (error instanceof FramingError) {
    return { kind: "parse", message: `the answer is no HTTP: ${error.message}` };
  }
  const kind = error instanceof Deno.errors.UnexpectedEof ? "stream" : "network";
  return { kind, message: messageOf(error) };
}
