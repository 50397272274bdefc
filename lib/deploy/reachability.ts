/** Whether something answers at an address. */

import { messageOf } from "../core/mod.ts";

/** Opens a TCP connection and closes it. Returns null when that worked, else what went wrong. Sends nothing. */
export async function connectError(url: URL, timeout_ms: number): Promise<string | null> {
  const signal = AbortSignal.timeout(timeout_ms);
  try {
    const connection = await Deno.connect({ ...address(url), signal });
    connection.close();
    return null;
  } catch (error) {
    return signal.aborted ? `no connection within ${timeout_ms} ms` : messageOf(error);
  }
}

/** Host and port of a URL. */
export function address(url: URL): { hostname: string; port: number } {
  const port = url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
  return { hostname: url.hostname.replace(/^\[|\]$/g, ""), port };
}

/** What `GET /health` of an embedded endpoint says; null when nobody answers in that way. No proxy is asked. */
export async function health(
  url: URL,
  timeout_ms: number,
): Promise<Readonly<Record<string, unknown>> | null> {
  const signal = AbortSignal.timeout(timeout_ms);
  let connection: Deno.TcpConn | null = null;
  const cut = () => connection?.close();
  try {
    connection = await Deno.connect({ ...address(url), signal });
    signal.addEventListener("abort", cut);
    const request = `GET /health HTTP/1.1\r\nhost: ${url.host}\r\nconnection: close\r\n\r\n`;
    await connection.write(new TextEncoder().encode(request));
    const text = await new Response(connection.readable).text();
    connection = null;
    const body: unknown = JSON.parse(text.slice(text.indexOf("\r\n\r\n") + 4));
    return body !== null && typeof body === "object" ? body as Record<string, unknown> : null;
  } catch {
    return null;
  } finally {
    signal.removeEventListener("abort", cut);
    closeQuietly(connection);
  }
}

function closeQuietly(connection: Deno.TcpConn | null): void {
  try {
    connection?.close();
  } catch {
    return;
  }
}
