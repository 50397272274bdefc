/** The transport on the kernel's clock: Linux, `--allow-ffi`, for TLS OpenSSL 3. */

import { messageOf, UserError } from "../core/mod.ts";
import { HttpTransport, type TransportOptions } from "./http_transport.ts";
import { kernelOpening } from "./kernel_connection.ts";
import { KernelLoop } from "./kernel_loop.ts";
import { Libc } from "./libc.ts";
import { opensslFault } from "./openssl.ts";
import { TlsContext } from "./openssl_context.ts";
import type { PacedTransport } from "./wire.ts";

/** Why the kernel clock can't be used here, as the end of a sentence; null when it can. */
export function kernelClockFault(): string | null {
  if (Deno.build.os !== "linux") return `it needs Linux and this is ${Deno.build.os}`;
  if (Deno.permissions.querySync({ name: "ffi" }).state !== "granted") {
    return "calls into libc are not allowed";
  }
  try {
    new Libc().close();
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

/** What the kernel's transport can be told. */
export interface KernelTransportOptions extends TransportOptions {
  /** Whether it reaches `https:` too. Reading the system's issuers takes 0.1 to 0.5 s of CPU, here and now. @default false */
  readonly https?: boolean;
}

/** Why the kernel clock can't be used over TLS, as the end of a sentence; null when it can. */
export function kernelTlsFault(): string | null {
  return kernelClockFault() ?? opensslFault();
}

/**
 * Opens a transport whose connections live until `close`. It sleeps by the same wait that it reads by.
 *
 * @throws {UserError} where `kernelClockFault`, for `https` `kernelTlsFault`, finds a reason, and if a certificate can't be
 *   read
 */
export function kernelTransport(
  { now = () => performance.now(), proxyFor, caCerts = [], https = false }: KernelTransportOptions = {},
): PacedTransport {
  const fault = https ? kernelTlsFault() : kernelClockFault();
  if (fault !== null) {
    throw new UserError({
      action: "use",
      thing: "load.clock: kernel",
      found: fault,
      expected: `Linux on x86_64 or arm64 with --allow-ffi${https ? " and OpenSSL 3" : ""}`,
      remedy: "Set `load.clock: user`",
    });
  }
  const libc = new Libc();
  let tls: TlsContext | null = null;
  try {
    if (https) tls = new TlsContext({ caCerts, certFile: libc.variable("DENO_CERT") });
  } catch (error) {
    libc.close();
    throw error;
  }
  const loop = new KernelLoop(libc, now);
  const http = new HttpTransport({
    clock: "kernel",
    now,
    proxyFor,
    open: kernelOpening(loop, tls),
    onClose() {
      loop.close();
      tls?.close();
    },
  });
  return {
    clock: "kernel",
    now,
    prepare: (request) => http.prepare(request),
    connectAhead: (...request) => http.connectAhead(...request),
    send: (...request) => http.send(...request),
    close: () => http.close(),
    sleepUntil: (at_ms, signal) => loop.sleepUntil(at_ms, signal),
  };
}
