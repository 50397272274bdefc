/** Proxies by environment: `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`, in capitals or not. */

import { BlockList, isIP } from "node:net";
import { UserError } from "../core/mod.ts";
import type { Origin } from "./request_bytes.ts";

/** A forward proxy that speaks HTTP. */
export interface Proxy {
  readonly key: string;
  readonly hostname: string;
  readonly port: number;
  /** Value of `proxy-authorization`. A secret. */
  readonly authorization: string | null;
}

/** Tells which proxy leads to an origin; null = the direct way. */
export type ProxyFor = (origin: Origin) => Proxy | null;

const names = ["http_proxy", "https_proxy", "all_proxy", "no_proxy"];

/** The variables that are looked at. */
export const proxyVariables: readonly string[] = names.flatMap((name) => [name, name.toUpperCase()]);

/**
 * Reads the variables as curl does; the one in small letters wins. `NO_PROXY` lists names (each with all names below
 * it), addresses, networks (`10.0.0.0/8`), any of them with a port, or `*`. Loopback is always reached directly.
 *
 * @throws {UserError} if a variable holds anything but `http://[user:password@]host[:port]`
 */
export function proxiesFrom(env: Readonly<Record<string, string | undefined>>): ProxyFor {
  const value = (name: string) => env[name] || env[name.toUpperCase()] || null;
  const any = value("all_proxy");
  const plain = parsed("http_proxy", value("http_proxy") ?? any);
  const secure = parsed("https_proxy", value("https_proxy") ?? any);
  const excepted = (value("no_proxy") ?? "").split(/[\s,]+/).filter((entry) => entry !== "").map(exception);
  return (origin) => {
    const proxy = origin.tls ? secure : plain;
    if (proxy === null || isLoopback(origin.hostname)) return null;
    return excepted.some((covers) => covers(origin)) ? null : proxy;
  };
}

function parsed(name: string, value: string | null): Proxy | null {
  if (value === null) return null;
  const url = URL.parse(value.includes("://") ? value : `http://${value}`);
  if (url === null || url.protocol !== "http:" || url.hostname === "") {
    throw new UserError({
      action: "use the proxy of",
      thing: name,
      found: "it names no HTTP proxy",
      expected: "http://host:port",
    });
  }
  const user = decodeURIComponent(url.username);
  const secret = new TextEncoder().encode(`${user}:${decodeURIComponent(url.password)}`);
  const port = url.port === "" ? 80 : Number(url.port);
  return {
    key: `http://${url.hostname}:${port}`,
    hostname: withoutBrackets(url.hostname),
    port,
    authorization: user === "" ? null : `Basic ${secret.toBase64()}`,
  };
}

function exception(entry: string): (origin: Origin) => boolean {
  if (entry === "*") return () => true;
  const [address = "", prefix] = entry.split("/");
  if (prefix !== undefined && isIP(address)) {
    const network = new BlockList();
    network.addSubnet(address, Number(prefix), family(address));
    return ({ hostname }) => isIP(hostname) !== 0 && network.check(hostname, family(hostname));
  }
  const [, host, wanted] = isIP(entry) ? [entry, entry] : /^(.*?)(?::(\d+))?$/.exec(entry)!;
  const name = withoutBrackets(host!.toLowerCase()).replace(/^\*?\./, "");
  return ({ hostname, port }) =>
    (wanted === undefined || Number(wanted) === port) &&
    (hostname === name || !isIP(name) && hostname.endsWith(`.${name}`));
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "::1" || /^127(\.\d+){3}$/.test(hostname);
}

function family(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 6 ? "ipv6" : "ipv4";
}

function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, "$1");
}
