/** The transport on the kernel's clock: Linux, plain TCP, `--allow-ffi`. */

import { messageOf, UserError } from "../core/mod.ts";
import { HttpTransport, type TransportOptions } from "./http_transport.ts";
import { kernelOpening } from "./kernel_connection.ts";
import { KernelLoop } from "./kernel_loop.ts";
import { Libc } from "./libc.ts";
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

/**
 * Opens a transport whose connections live until `close`. It reaches `http:` only; it sleeps by the same wait that it
 * reads by.
 *
 * @throws {UserError} where `kernelClockFault` finds a reason
 */
export function kernelTransport(
  { now = () => performance.now(), proxyFor }: Omit<TransportOptions, "caCerts"> = {},
): PacedTransport {
  const fault = kernelClockFault();
  if (fault !== null) {
    throw new UserError({
      action: "use",
      thing: "load.clock: kernel",
      found: fault,
      expected: "Linux on x86_64 or arm64 with --allow-ffi",
      remedy: "Set `load.clock: user`",
    });
  }
  const loop = new KernelLoop(new Libc(), now);
  const http = new HttpTransport({
    clock: "kernel",
    now,
    proxyFor,
    open: kernelOpening(loop),
    onClose: () => loop.close(),
  });
  return {
    clock: "kernel",
    now,
    send: (...request) => http.send(...request),
    close: () => http.close(),
    sleepUntil: (at_ms, signal) => loop.sleepUntil(at_ms, signal),
  };
}
