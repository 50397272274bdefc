/** The transports that one suite of tests runs over. */

import {
  kernelClockFault,
  kernelTlsFault,
  kernelTransport,
  type Transport,
  type TransportOptions,
  userTransport,
} from "../../lib/transport/mod.ts";

export interface TransportUnderTest {
  readonly clock: Transport["clock"];
  readonly ignore: boolean;
  open(options?: TransportOptions): Transport;
}

const fault = kernelClockFault();
if (fault !== null) console.warn(`the tests of the kernel clock are skipped: ${fault}`);

export const transports: readonly TransportUnderTest[] = [
  { clock: "user", ignore: false, open: userTransport },
  { clock: "kernel", ignore: fault !== null, open: kernelTransport },
];

const tlsFault = kernelTlsFault();
if (tlsFault !== null) console.warn(`the tests of the kernel clock over TLS are skipped: ${tlsFault}`);

/** The same for `https:`. */
export const secureTransports: readonly TransportUnderTest[] = [
  { clock: "user", ignore: false, open: userTransport },
  {
    clock: "kernel",
    ignore: tlsFault !== null,
    open: (options) => kernelTransport({ ...options, https: true }),
  },
];
