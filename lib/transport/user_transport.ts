/** The transport on `Deno.connect`: works everywhere, stamps in this process right after each read. */

import { HttpTransport, type TransportOptions } from "./http_transport.ts";
import { userOpening } from "./user_connection.ts";
import type { Transport } from "./wire.ts";

/** Opens a transport whose connections live until `close`. */
export function userTransport(
  { now = () => performance.now(), caCerts, proxyFor }: TransportOptions = {},
): Transport {
  return new HttpTransport({ clock: "user", now, proxyFor, open: userOpening(caCerts) });
}
