/** What happened on the network, as an error that the SDK and its callers know how to read. */

import type { TransportFailure } from "../transport/mod.ts";

/** Error codes of Node by what the system says; the SDK tells by them what may pass. */
const codes: readonly [RegExp, string][] = [
  [/refused/i, "ECONNREFUSED"],
  [/lookup|not known|getaddrinfo/i, "ENOTFOUND"],
  [/reset|closed|broken pipe/i, "ECONNRESET"],
];

const names: Readonly<Record<TransportFailure["kind"], string>> = {
  timeout: "TimeoutError",
  cancelled: "AbortError",
  network: "NetworkError",
  stream: "NetworkError",
  parse: "ParseError",
};

/** A request that has no whole response. `name` is `TimeoutError`, `AbortError`, `NetworkError` or `ParseError`. */
export class TransportError extends Error {
  override readonly name: string;
  readonly kind: TransportFailure["kind"];
  /** Node's name of the system's error: `ECONNRESET`, `ECONNREFUSED`, `ENOTFOUND`; undefined where none fits. */
  readonly code: string | undefined;

  constructor({ kind, message }: TransportFailure) {
    super(message);
    this.name = names[kind];
    this.kind = kind;
    this.code = kind === "network" || kind === "stream"
      ? codes.find(([pattern]) => pattern.test(message))?.[1]
      : undefined;
  }
}
