/** Content hashes. */

import { createHash } from "node:crypto";

/** SHA-256 of a text (UTF-8) or bytes, as 64 hex digits. */
export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/**
 * The id of one planned request: the first 16 hex digits of SHA-256 over what makes it that request, so that a resumed
 * run, or another machine, gives the same request the same id.
 */
export function requestId(
  of: { seed: number; experiment_name: string; payload_file: string; load: string; index: number },
): string {
  const { seed, experiment_name, payload_file, load, index } = of;
  return sha256(JSON.stringify([seed, experiment_name, payload_file, load, index])).slice(0, 16);
}
