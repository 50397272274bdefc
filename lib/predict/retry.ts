/** Whether a failed attempt is followed by another one, and when. */

import type { ErrorKind, RetryPolicy, Status } from "../core/mod.ts";

/** What an attempt came to, as far as a retry depends on it. */
export interface Failure {
  readonly status: Status;
  readonly error_kind: ErrorKind | null;
  /** Pause that the server asked for; null = none. */
  readonly retry_after_ms: number | null;
}

/**
 * Milliseconds to wait before the next attempt, or null when there is none.
 *
 * The wait doubles with every attempt; a server that asks for a longer one gets it, and where that is longer than `longest_ms`
 * there is no further attempt. A random part of up to a half keeps clients that were throttled together from coming back
 * together.
 *
 * @param attempts made so far
 * @param random uniform in [0, 1)
 */
export function waitBeforeRetry(
  policy: Omit<RetryPolicy, "on"> & { readonly on: readonly ErrorKind[] },
  { status, error_kind, retry_after_ms }: Failure,
  { attempts, random, longest_ms }: { attempts: number; random: number; longest_ms: number },
): number | null {
  const worthIt = status === "error" && error_kind !== null && policy.on.includes(error_kind);
  if (!worthIt || attempts >= policy.attempts) return null;
  if (retry_after_ms !== null && retry_after_ms > longest_ms) return null;
  const backoff = policy.backoff_ms * 2 ** (attempts - 1) * (1 - random / 2);
  return Math.max(retry_after_ms ?? 0, Math.min(backoff, longest_ms));
}

/**
 * The pause a `retry-after` header asks for, in milliseconds: seconds or a date; null when it says neither.
 *
 * @param now_ms milliseconds since 1970
 */
export function retryAfterMs(header: string | undefined, now_ms: number): number | null {
  const text = header?.trim() ?? "";
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, at - now_ms);
}
