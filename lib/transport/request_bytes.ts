/** A request as the bytes that go over the wire, and where they go. */

import { UserError } from "../core/mod.ts";
import type { Proxy, ProxyFor } from "./proxies.ts";
import type { WireRequest } from "./wire.ts";

/** A place to connect to. Requests to the same origin share connections. */
export interface Origin {
  /** `http://host:port`, port always given. */
  readonly key: string;
  readonly tls: boolean;
  /** Name or address, IPv6 without brackets. */
  readonly hostname: string;
  readonly port: number;
}

/** Where a URL leads. */
export interface Destination {
  readonly origin: Origin;
  /** Path and query. */
  readonly target: string;
  /** As the header of that name. */
  readonly host: string;
}

/** A run sends to few URLs, each many times. */
const mostKnown = 1000;
const known = new Map<string, Destination>();

/** Where a URL leads. Throws UserError unless it is an absolute `http:` or `https:` URL. */
export function originOf(url: string): Destination {
  let destination = known.get(url);
  if (destination !== undefined) return destination;
  destination = parse(url);
  if (known.size === mostKnown) known.clear();
  known.set(url, destination);
  return destination;
}

function parse(url: string): Destination {
  const parsed = URL.parse(url);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    throw new UserError({
      action: "connect to",
      thing: url,
      found: "it is no HTTP address",
      expected: "http://host:port/path or https://...",
    });
  }
  const tls = parsed.protocol === "https:";
  const port = parsed.port === "" ? (tls ? 443 : 80) : Number(parsed.port);
  const hostname = parsed.hostname.replace(/^\[(.*)\]$/, "$1");
  return {
    origin: { key: `${parsed.protocol}//${parsed.hostname}:${port}`, tls, hostname, port },
    target: parsed.pathname + parsed.search,
    host: parsed.host,
  };
}

const encoder = new TextEncoder();

const direct: ProxyFor = () => null;

/** A request, ready to be written. */
export interface RequestBytes {
  readonly origin: Origin;
  /** null = the direct way. */
  readonly proxy: Proxy | null;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Head and body in one buffer, so that a small request leaves in one packet. Compression is declined: a compressed
 * stream comes in blocks, and the arrival of what is inside could not be known. Towards a proxy the target is the whole
 * URL, but inside a tunnel (TLS).
 *
 * @throws {UserError} if the URL is no HTTP address, or a header holds a line break
 */
export function requestBytes(
  request: WireRequest,
  proxyFor: ProxyFor = direct,
): RequestBytes {
  const { origin, target: path, host } = originOf(request.url);
  const proxy = proxyFor(origin);
  const relayed = proxy !== null && !origin.tls;
  const target = relayed ? `http://${host}${path}` : path;
  const body = typeof request.body === "string" ? encoder.encode(request.body) : request.body;
  const headers: Record<string, string> = { host, "accept-encoding": "identity", "connection": "keep-alive" };
  if (relayed && proxy.authorization !== null) headers["proxy-authorization"] = proxy.authorization;
  for (const [name, value] of Object.entries(request.headers)) headers[name.toLowerCase()] = value;
  if (body !== null) headers["content-length"] = String(body.length);
  let text = `${request.method} ${target} HTTP/1.1\r\n`;
  for (const [name, value] of Object.entries(headers)) {
    if (/[\r\n]/.test(name + value)) {
      throw new UserError({ action: "send the header", thing: name, found: "it holds a line break" });
    }
    text += `${name}: ${value}\r\n`;
  }
  const head = encoder.encode(text + "\r\n");
  if (body === null) return { origin, proxy, bytes: head };
  const bytes = new Uint8Array(head.length + body.length);
  bytes.set(head);
  bytes.set(body, head.length);
  return { origin, proxy, bytes };
}
