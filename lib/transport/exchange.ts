/** One request and its response while they are under way. */

import { messageOf } from "../core/mod.ts";
import {
  type Connection,
  NetworkError,
  type OpeningTimes,
  type Receiver,
  StaleConnectionError,
} from "./connection.ts";
import { ExchangeLimits } from "./limits.ts";
import { FramingError, ResponseParser } from "./response_parser.ts";
import type { ResponseSink, SendOptions, SendResult, TransportFailure } from "./wire.ts";

/** Takes what the connection brings and keeps what is known of the exchange. */
export class Exchange implements Receiver {
  readonly #now: () => number;
  readonly #parser: ResponseParser;
  readonly #limits: ExchangeLimits;
  readonly #stopping = new AbortController();
  readonly #asked: AbortSignal | undefined;
  #failure: TransportFailure | null = null;
  #over: PromiseWithResolvers<number> | null = null;
  #sent_ms: number | null = null;
  #body_sent_ms: number | null = null;
  times: OpeningTimes | null = null;
  reused = false;
  ahead = false;
  /** Whether anything of the response has come. */
  received = false;

  constructor(
    sink: ResponseSink,
    { limits = {}, signal }: SendOptions,
    now: () => number,
  ) {
    this.#now = now;
    this.#parser = new ResponseParser(sink);
    this.#limits = new ExchangeLimits(limits, now, (failure) => this.#fail(failure));
    this.#asked = signal;
    if (signal?.aborted) this.cancel();
    signal?.addEventListener("abort", this.cancel);
  }

  /** Ends it as `cancelled`. */
  readonly cancel = (): void => this.#fail({ kind: "cancelled", message: "cancelled" });

  /** Aborted when the exchange is cancelled or has run into a limit. */
  get signal(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Sends the request; resolves to the end of the response. Rejects when there is no whole one. */
  async carry(connection: Connection, bytes: Uint8Array<ArrayBuffer>): Promise<number> {
    this.signal.throwIfAborted();
    this.#over = Promise.withResolvers();
    this.#body_sent_ms = null;
    const abort = () => this.#over?.reject(this.signal.reason);
    this.signal.addEventListener("abort", abort);
    try {
      this.#sent_ms = connection.begin(bytes, this);
      this.#limits.enter("first byte", this.#sent_ms);
      return await this.#over.promise;
    } finally {
      this.signal.removeEventListener("abort", abort);
    }
  }

  onWritten(at_ms: number): void {
    this.#body_sent_ms = at_ms;
  }

  onBytes(bytes: Uint8Array, at_ms: number): boolean {
    if (this.signal.aborted) return true;
    this.received = true;
    this.#limits.progress(at_ms);
    try {
      this.#parser.push(bytes, at_ms);
    } catch (error) {
      this.#over?.reject(error);
      return true;
    }
    if (!this.#parser.done) return false;
    this.#over?.resolve(at_ms);
    return true;
  }

  onClosed(writing: Error | null, at_ms: number): void {
    if (this.#parser.end()) this.#over?.resolve(at_ms);
    else if (this.received) {
      this.#over?.reject(
        new Deno.errors.UnexpectedEof("the connection was closed before the end of the response"),
      );
    } else this.#over?.reject(writing ?? new NetworkError("closed without a response"));
  }

  onBroken(error: Error): void {
    this.#over?.reject(error);
  }

  /** Whether the connection may rest for another exchange. */
  get persistent(): boolean {
    return this.#parser.persistent && this.#body_sent_ms !== null;
  }

  /**
   * Ends it and says what is known. `error`: why there is no whole response.
   *
   * @throws what is no outcome of an exchange but a mistake of this program
   */
  result(end: { ended_ms: number } | { error: unknown }): SendResult {
    this.#limits.stop();
    this.#asked?.removeEventListener("abort", this.cancel);
    if ("error" in end) {
      if (!isOutcome(end.error)) throw end.error;
      this.#failure ??= failureOf(end.error);
    }
    return {
      dns_ms: this.times?.dns_ms ?? null,
      connect_ms: this.times?.connect_ms ?? null,
      tls_ms: this.times?.tls_ms ?? null,
      reused: this.reused,
      ahead: this.ahead,
      sent_ms: this.#sent_ms,
      body_sent_ms: this.#body_sent_ms,
      headers_ms: this.#parser.headers_ms,
      ended_ms: "error" in end ? this.#now() : end.ended_ms,
      status: this.#parser.head?.status ?? null,
      failure: this.#failure,
    };
  }

  #fail(reason: TransportFailure): void {
    this.#failure ??= reason;
    this.#stopping.abort();
  }
}

/** Errors of sockets, name look-up, proxies and TLS; anything else is a mistake of this program. */
export function isNetworkError(error: unknown): boolean {
  return error instanceof NetworkError ||
    error instanceof Error && Object.values(Deno.errors).some((kind) => error instanceof kind);
}

/** What may come out of an exchange, or of opening a connection for it, as a failure. */
export function isOutcome(error: unknown): boolean {
  return error instanceof FramingError || isNetworkError(error) ||
    (error instanceof DOMException && error.name === "AbortError");
}

function failureOf(error: unknown): TransportFailure {
  if (error instanceof FramingError) {
    return { kind: "parse", message: `the answer is no HTTP: ${error.message}` };
  }
  const kind = error instanceof Deno.errors.UnexpectedEof ? "stream" : "network";
  return { kind, message: messageOf(error), ...error instanceof StaleConnectionError ? { stale: true } : {} };
}
