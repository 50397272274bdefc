/** What may stand between a client and a server: a wire that can be cut, and a proxy. */

export interface Relay extends Disposable {
  readonly port: number;
  /** Heads of the requests to the proxy. */
  readonly asked: readonly string[];
  /** Bytes that went from the server to the client, over all connections. */
  readonly carried: number;
}

interface RelayOptions {
  /** Closes the client's side after so many bytes of the server. */
  readonly cutAfter?: number;
  /** Status line of the answer to CONNECT; without one it is no proxy. */
  readonly proxyStatus?: string;
}

/** Carries bytes to `port` and back. */
export function relay(
  port: number,
  { cutAfter = Infinity, proxyStatus }: RelayOptions = {},
): Relay {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const asked: string[] = [];
  const open = new Set<Deno.TcpConn>();
  const state = { carried: 0 };

  async function copy(from: Deno.TcpConn, to: Deno.TcpConn, most: number, counted: boolean): Promise<void> {
    const buffer = new Uint8Array(65_536);
    for (let left = most; left > 0;) {
      const count = await from.read(buffer);
      if (count === null) break;
      const part = buffer.subarray(0, Math.min(count, left));
      // Before the client can have seen them.
      if (counted) state.carried += part.length;
      for (let done = 0; done < part.length;) done += await to.write(part.subarray(done));
      left -= part.length;
    }
    await to.closeWrite();
  }

  async function serve(client: Deno.TcpConn): Promise<void> {
    if (proxyStatus !== undefined) {
      const buffer = new Uint8Array(4096);
      let head = "";
      while (!head.endsWith("\r\n\r\n")) {
        const count = await client.read(buffer);
        if (count === null) return;
        head += new TextDecoder().decode(buffer.subarray(0, count));
      }
      asked.push(head);
      await client.write(new TextEncoder().encode(`HTTP/1.1 ${proxyStatus}\r\n\r\n`));
      if (!proxyStatus.startsWith("2")) return;
    }
    const server = await Deno.connect({ hostname: "127.0.0.1", port });
    open.add(server);
    await Promise.allSettled([
      copy(client, server, Infinity, false),
      copy(server, client, cutAfter, true),
    ]);
  }

  (async () => {
    for await (const client of listener) {
      open.add(client);
      serve(client).catch(() => {}).finally(() => close(client));
    }
  })();

  return {
    port: listener.addr.port,
    asked,
    get carried() {
      return state.carried;
    },
    [Symbol.dispose]() {
      listener.close();
      open.forEach(close);
    },
  };
}

function close(conn: Deno.TcpConn): void {
  try {
    conn.close();
  } catch { /* closed already */ }
}
