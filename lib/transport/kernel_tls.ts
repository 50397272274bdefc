/** What comes before an exchange over TLS: the tunnel through a proxy and the handshake. */

import { NetworkError } from "./connection.ts";
import type { KernelSocket } from "./kernel_socket.ts";
import type { TlsContext } from "./openssl_context.ts";
import { TlsSession } from "./openssl_session.ts";
import type { Proxy } from "./proxies.ts";
import type { Origin } from "./request_bytes.ts";
import { TunnelAnswer, tunnelRequest } from "./tunnel.ts";

/** Asks the proxy at the other end of the socket for a tunnel. Rejects with NetworkError. */
export async function openTunnel(
  socket: KernelSocket,
  origin: Origin,
  proxy: Proxy,
  signal: AbortSignal,
): Promise<void> {
  const answer = new TunnelAnswer(proxy);
  socket.send(tunnelRequest(origin, proxy));
  await socket.until(() => {
    socket.flush();
    const count = socket.receive();
    return count >= 0 &&
      answer.push(count === 0 ? null : socket.loop.libc.received.subarray(0, count));
  }, signal);
}

/** Does the handshake. Rejects with NetworkError, after it has told the peer why. */
export async function secured(
  socket: KernelSocket,
  context: TlsContext,
  hostname: string,
  signal: AbortSignal,
): Promise<TlsSession> {
  // What is aborted may be closed, and the library with it.
  signal.throwIfAborted();
  const session = new TlsSession(context, hostname);
  const shake = () => {
    try {
      const done = session.shake();
      sendSealed(socket, session);
      return done;
    } catch (error) {
      sendLastWords(socket, session);
      throw error;
    }
  };
  try {
    shake();
    await socket.until(() => {
      socket.flush();
      const count = socket.receive();
      if (count < 0) return false;
      if (count === 0) throw new NetworkError("the peer closed during the TLS handshake");
      session.feed(socket.loop.libc.received.subarray(0, count));
      return shake();
    }, signal);
    return session;
  } catch (error) {
    session.free();
    throw error;
  }
}

/** Sends what the session itself has to say. */
export function sendSealed(socket: KernelSocket, session: TlsSession): void {
  for (let bytes = session.take(); bytes !== null; bytes = session.take()) socket.send(bytes);
}

/** The same before the end: whether it arrives matters to the peer alone. */
export function sendLastWords(socket: KernelSocket, session: TlsSession): void {
  try {
    sendSealed(socket, session);
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
  }
}
