/** A tunnel through a proxy: the request for it and the proxy's answer (RFC 9110, section 9.3.6). */

import { NetworkError } from "./connection.ts";
import type { Proxy } from "./proxies.ts";
import type { Origin } from "./request_bytes.ts";
import { ResponseParser } from "./response_parser.ts";

/** The bytes that ask for a tunnel to an origin. */
export function tunnelRequest({ hostname, port }: Origin, proxy: Proxy): Uint8Array<ArrayBuffer> {
  const host = `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
  const authorization = proxy.authorization === null ? "" : `proxy-authorization: ${proxy.authorization}\r\n`;
  return new TextEncoder().encode(`CONNECT ${host} HTTP/1.1\r\nhost: ${host}\r\n${authorization}\r\n`);
}

/** Reads the proxy's answer. A TLS server is silent at first, so that what is read is that answer alone. */
export class TunnelAnswer {
  readonly #proxy: Proxy;
  readonly #parser = new ResponseParser({ onHead() {}, onData() {} });

  constructor(proxy: Proxy) {
    this.#proxy = proxy;
  }

  /** Takes what a read brought; null = the proxy has closed. Returns whether the tunnel is open; throws NetworkError. */
  push(bytes: Uint8Array | null): boolean {
    const { key } = this.#proxy;
    if (bytes === null) throw new NetworkError(`the proxy ${key} closed without an answer to CONNECT`);
    this.#parser.push(bytes, 0);
    const { head } = this.#parser;
    if (head === null) return false;
    if (head.status < 300) return true;
    throw new NetworkError(`the proxy ${key} refused a tunnel: ${head.status} ${head.reason}`);
  }
}
