/** Milliseconds from an origin that several processes share. */

import { machineNanoseconds } from "../core/mod.ts";

/**
 * A function that tells the milliseconds since `origin_mono_ns` (of `machineNanoseconds()`, possibly in another process
 * of this machine). Monotonic, microseconds resolved.
 */
export function millisecondsSince(origin_mono_ns: bigint): () => number {
  const shift = Number(machineNanoseconds() - origin_mono_ns) / 1e6 - performance.now();
  return () => performance.now() + shift;
}
