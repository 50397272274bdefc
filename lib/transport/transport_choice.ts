/** Which clock times which endpoint. */

import type { TransportOptions } from "./http_transport.ts";
import { kernelClockFault, kernelTlsFault, kernelTransport } from "./kernel_transport.ts";
import { userTransport } from "./user_transport.ts";
import type { PacedTransport, Transport } from "./wire.ts";

/**
 * `load.clock`. `kernel` = that one wherever it works. `auto` = the kernel's for http, the user's for https: TLS by OpenSSL
 * has to be asked for until it has proved itself, and there the network dominates.
 */
export type ClockChoice = "auto" | "kernel" | "user";

/** The transports of a worker. */
export interface Transports {
  /** The one for a URL: the kernel's, if the choice and this machine give it, else the user's. */
  for(url: string): Transport;
  /** The kernel's, which also keeps deadlines; null where it is not used. */
  readonly paced: PacedTransport | null;
  /** Why the kernel clock is not used although it was wanted, as the end of a sentence; null when all is well. */
  readonly fault: string | null;
  close(): void;
}

/** What the choice can be told. */
export interface TransportsOptions extends TransportOptions {
  /** Where requests will go. Without an https one among them, and without this, OpenSSL is not loaded. */
  readonly urls?: Iterable<string>;
}

/** Opens what the choice asks for. A kernel clock that can't be had is replaced by the user's; `fault` says why. */
export function openTransports(
  choice: ClockChoice,
  { urls = [], ...options }: TransportsOptions = {},
): Transports {
  const secured = choice === "kernel" && [...urls].some((url) => /^https:/i.test(url));
  const fault = choice === "user" ? null : kernelClockFault();
  const tlsFault = fault === null && secured ? kernelTlsFault() : null;
  const https = secured && tlsFault === null;
  const paced = choice === "user" || fault !== null ? null : kernelTransport({ ...options, https });
  const user = userTransport(options);
  const covered = https ? /^https?:/i : /^http:/i;
  return {
    for: (url) => paced !== null && covered.test(url) ? paced : user,
    paced,
    fault: tlsFault === null ? fault : `https is left to the user clock: ${tlsFault}`,
    close() {
      paced?.close();
      user.close();
    },
  };
}

/** Whether a worker that sends to these URLs has a use for `--allow-ffi`. */
export function wantsKernelClock(choice: ClockChoice, urls: Iterable<string>): boolean {
  const covered = choice === "kernel" ? /^https?:/i : /^http:/i;
  return choice !== "user" && Deno.build.os === "linux" && [...urls].some((url) => covered.test(url));
}
