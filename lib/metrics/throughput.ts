/** How much gets through: transactions and tokens per unit of time. */

import type { RequestRecord } from "../core/mod.ts";
import type { Sequence } from "./sequence.ts";
import { type MeasuredWindow, measuredWindows, sharesOf, successesIn, type WindowAttempt } from "./window.ts";

/** An attempt with what throughput needs. */
export type ThroughputAttempt = WindowAttempt & Pick<RequestRecord, "completion_tokens">;

/** All null when nothing was measured. */
export interface Throughput {
  /** Length of the measured windows together, in seconds. */
  readonly window_s: number | null;
  /** Successes / window x 60, never rounded. */
  readonly transactions_per_minute: number | null;
  /** Completion tokens of those successes / window; null also when the count of one of them is not known. */
  readonly completion_tokens_per_s: number | null;
}

/** Seconds of all windows together; null when there is none. */
export function windowSeconds(windows: readonly MeasuredWindow[]): number | null {
  if (windows.length === 0) return null;
  return windows.reduce((sum, { start_ms, end_ms }) => sum + (end_ms - start_ms), 0) / 1000;
}

/**
 * The throughput of one level over its measured windows: counts of all segments / windows of all segments.
 * In a full closed loop Little's law holds: transactions per second = concurrency / mean latency.
 *
 * @param attempts every attempt of the level, of every phase
 * @param concurrency requests held in flight; null in open loop
 * @param windows the measured windows, where they are known already
 */
export function throughput(
  attempts: Sequence<ThroughputAttempt>,
  concurrency: number | null,
  windows: readonly MeasuredWindow[] = measuredWindows(attempts, concurrency),
): Throughput {
  const window_s = windowSeconds(windows);
  if (window_s === null) {
    return { window_s, transactions_per_minute: null, completion_tokens_per_s: null };
  }
  const successes = successesIn(windows, attempts);
  let tokens: number | null = 0;
  for (const { success: { completion_tokens }, share } of successes) {
    tokens = tokens === null || completion_tokens === null ? null : tokens + completion_tokens * share;
  }
  return {
    window_s,
    transactions_per_minute: (sharesOf(successes) / window_s) * 60,
    completion_tokens_per_s: tokens === null ? null : tokens / window_s,
  };
}
