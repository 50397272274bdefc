/** One suite of tests over TLS for both clocks: its servers' certificates, its requests and its names. */

import type { SendOptions, Transport, TransportOptions } from "../../lib/transport/mod.ts";
import { certificates } from "./certificates.ts";
import { response, type Script } from "./scripted_server.ts";
import { secureTransports } from "./transports.ts";

/** Null where there is no openssl that makes any; the tests are ignored then. */
export const made = await certificates();
if (made === null) console.warn("openssl is missing or refuses: the TLS tests are skipped");
export const { ca, own } = made ?? { ca: "", own: { cert: "", key: "" } };

/** Sends a request, POST if there is a body. The text is the response's, a character a byte. */
export async function get(
  transport: Transport,
  url: string,
  options: SendOptions = {},
  body: string | null = null,
) {
  let text = "";
  const result = await transport.send({ method: body === null ? "GET" : "POST", url, headers: {}, body }, {
    onHead() {},
    onData: (bytes) => text += new TextDecoder("latin1").decode(bytes),
  }, { limits: { total_ms: 20_000 }, ...options });
  return { ...result, text };
}

/** The script of a server whose answers don't matter. */
export const always: Script = ({ send }) => send(response("x"));

/** What a test is given on each clock. */
export interface SecureSuite {
  readonly clock: Transport["clock"];
  /** Defines a test; `lacking` = something that it needs is missing. */
  test(name: string, fn: () => Promise<void>, lacking?: boolean): void;
  /** Opens a transport for one test. */
  withTransport(options: TransportOptions, body: (transport: Transport) => Promise<void>): Promise<void>;
}

/** Defines tests on both clocks. */
export function overTls(define: (suite: SecureSuite) => void): void {
  for (const { clock, open, ignore } of secureTransports) {
    define({
      clock,
      test: (name, fn, lacking = false) =>
        Deno.test(`${clock} clock over TLS: ${name}`, { ignore: ignore || made === null || lacking }, fn),
      async withTransport(options, body) {
        const transport = open(options);
        try {
          await body(transport);
        } finally {
          transport.close();
        }
      },
    });
  }
}
