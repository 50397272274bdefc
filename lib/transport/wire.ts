/** What goes over the wire and what is known of it. Every implementation of `Transport` speaks in these terms. */

/** A request, complete but for what the transport adds: `host`, `content-length`, `connection`. */
export interface WireRequest {
  readonly method: "GET" | "POST";
  /** Absolute `http:` or `https:` URL. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Text goes out as UTF-8. */
  readonly body: string | Uint8Array | null;
}

/** Status line and headers of a response. */
export interface ResponseHead {
  readonly status: number;
  readonly reason: string;
  /** Names in lower case; repeated ones joined by a comma. */
  readonly headers: ReadonlyMap<string, string>;
}

/**
 * Takes a response as it arrives. Stamps are milliseconds from the transport's origin, taken before anything was decoded:
 * by this process when the read returned, or by the kernel when the last packet of the read arrived. All calls that stem
 * from one read carry the same stamp; on the kernel's clock it is the arrival of the last of what they bring.
 */
export interface ResponseSink {
  onHead(head: ResponseHead, at_ms: number): void;
  /** Bytes of the body, without framing. They are valid only during the call: the buffer is used again. */
  onData(bytes: Uint8Array, at_ms: number): void;
}

/** How long things may take, in milliseconds; null = no limit. */
export interface SendLimits {
  /** Name look-up, connection and TLS together. */
  readonly connect_ms: number | null;
  /** From the first byte written to the first byte read. */
  readonly first_byte_ms: number | null;
  /** Pause between two reads of one response. */
  readonly stall_ms: number | null;
  /** From the call of `send` to the end of the response. */
  readonly total_ms: number | null;
}

export interface SendOptions {
  readonly limits?: Partial<SendLimits>;
  /** Ends the exchange as `cancelled`. */
  readonly signal?: AbortSignal;
}

/**
 * Why there is no whole response. `stream`: the peer closed before the end of the body; `parse`: what came is no HTTP.
 */
export interface TransportFailure {
  readonly kind: "timeout" | "network" | "stream" | "parse" | "cancelled";
  readonly message: string;
  /**
   * A connection that had rested ended before any byte of a response, most likely because the peer had just closed it: it had
   * rested for a second or more (keep-alive limits are whole seconds everywhere), or it was a used one and the peer has never yet
   * answered on any such. The same request may go out again at once, on another connection. Else the end is the peer's fault.
   */
  readonly stale?: true;
}

/** What is known of an exchange when it is over. Times are milliseconds from the transport's origin. */
export interface SendResult {
  /**
   * Durations; null on a reused connection, for an address that needs no look-up, and without TLS. Of a connection that was opened
   * ahead they lie before the call.
   */
  readonly dns_ms: number | null;
  readonly connect_ms: number | null;
  readonly tls_ms: number | null;
  /** Whether the connection had carried a request before. */
  readonly reused: boolean;
  /** Whether it is a new connection that `connectAhead` opened, so that nothing waited for it. */
  readonly ahead: boolean;
  /** Just before the first byte was written; null when it never came to that. */
  readonly sent_ms: number | null;
  /** When the last byte of the request was handed to the system. */
  readonly body_sent_ms: number | null;
  /** When the headers of the response were complete. */
  readonly headers_ms: number | null;
  /** End of the response, or the moment it failed. */
  readonly ended_ms: number;
  readonly status: number | null;
  /** null: the response is whole, whatever its status. */
  readonly failure: TransportFailure | null;
}

/** How far a connection is made sure of ahead of a call. */
export interface AheadOptions {
  /** Milliseconds of rest after which a connection is replaced. */
  readonly older_than_ms: number;
  /** Gives up opening one. */
  readonly signal?: AbortSignal;
}

/** Sends requests and stamps what comes back. */
export interface Transport {
  /** Who stamps: this process after the read, or the kernel on arrival. */
  readonly clock: "user" | "kernel";
  /** Milliseconds from the origin, on the clock of the stamps. */
  now(): number;
  /** Makes the bytes of a request, so that nothing but writing is left when it is sent. */
  prepare(request: WireRequest): void;
  /**
   * Makes sure that a connection rests for this very request, so that sending it waits for none: closes those of its route that
   * have rested for longer than told, keeps one of the others for it, or opens one. Any other request gets that one only when
   * there is no other. Never rejects for what the network or the peer does: that shows in the call itself.
   */
  connectAhead(request: WireRequest, options: AheadOptions): Promise<void>;
  /** Sends one request on a connection of its own. Never rejects for what the network or the peer does. */
  send(request: WireRequest, sink: ResponseSink, options?: SendOptions): Promise<SendResult>;
  /** Closes all connections; exchanges under way end as `cancelled`. */
  close(): void;
}

/** A transport that also keeps deadlines, by the wait that brings its arrivals. */
export interface PacedTransport extends Transport {
  /** Resolves when `now()` has reached `at_ms`; rejects with the signal's reason when it is aborted. */
  sleepUntil(at_ms: number, signal?: AbortSignal): Promise<void>;
}
