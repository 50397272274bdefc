/** Host names to addresses, and waiting that can be given up. */

import { lookup } from "node:dns/promises";
import { isIP } from "node:net";

/** The addresses of a name in the system's order. An address stands for itself; empty when the look-up fails. */
export async function addressesOf(hostname: string): Promise<string[]> {
  if (isIP(hostname)) return [hostname];
  try {
    const found = await lookup(hostname, { all: true, verbatim: true });
    return found.map(({ address }) => address);
  } catch {
    return [];
  }
}

/** Waits until the signal is aborted, then rejects with its reason; what was waited for is left behind. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
