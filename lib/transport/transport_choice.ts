/** Which clock times which endpoint. */

import type { TransportOptions } from "./http_transport.ts";
import { kernelClockFault, kernelTransport } from "./kernel_transport.ts";
import { userTransport } from "./user_transport.ts";
import type { PacedTransport, Transport } from "./wire.ts";

/** `load.clock`. `auto` = `kernel` for http where it works, else `user`. */
export type ClockChoice = "auto" | "kernel" | "user";

/** The transports of a worker. */
export interface Transports {
  /** The one for a URL: the kernel's for http, if it is open, else the user's. */
  for(url: string): Transport;
  /** The kernel's, which also keeps deadlines; null where it is not used. */
  readonly paced: PacedTransport | null;
  /** Why the kernel clock is not used although it might have been, as the end of a sentence; null when all is well. */
  readonly fault: string | null;
  close(): void;
}

/** Opens what the choice asks for. A kernel clock that can't be had is replaced by the user's; `fault` says why. */
export function openTransports(choice: ClockChoice, options: TransportOptions = {}): Transports {
  const fault = choice === "user" ? null : kernelClockFault();
  const paced = choice === "user" || fault !== null ? null : kernelTransport(options);
  const user = userTransport(options);
  return {
    for: (url) => paced !== null && /^http:/i.test(url) ? paced : user,
    paced,
    fault,
    close() {
      paced?.close();
      user.close();
    },
  };
}

/** Whether a worker that sends to these URLs has a use for `--allow-ffi`. */
export function wantsKernelClock(choice: ClockChoice, urls: Iterable<string>): boolean {
  return choice !== "user" && Deno.build.os === "linux" && [...urls].some((url) => /^http:/i.test(url));
}
