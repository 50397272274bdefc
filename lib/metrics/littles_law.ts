/** Little's law, as a check of a level's own records. */

import type { Sequence } from "./sequence.ts";
import { type MeasuredWindow, measuredWindows, type WindowAttempt } from "./window.ts";

interface Stretch {
  readonly start_ms: number;
  readonly end_ms: number;
}

/**
 * L = λW over the measured windows (open loop: from the first to the last measured send, while requests kept coming): the attempts that
 * ended inside, times the mean time that they were in flight, divided by the mean number in flight. Attempts of every phase and
 * outcome count.
 *
 * It is 1 for a stretch that is long compared with the time a request takes: what was sent before it and ended inside makes
 * up for what was sent inside and ended after it. Far from 1, records are missing, or throughput and latency of the level are
 * not figures of one and the same state. null without a window, or with nothing in flight in it.
 *
 * @param concurrency requests held in flight; null in open loop
 * @param measured the measured windows, where they are known already
 */
export function littlesLaw(
  attempts: Sequence<WindowAttempt>,
  concurrency: number | null,
  measured: readonly MeasuredWindow[] = measuredWindows(attempts, concurrency),
): number | null {
  const windows = concurrency === null
    ? sendingStretches(attempts)
    : new Map<string | null, Stretch>(measured.map((one) => [one.segment, one]));
  let ended = 0;
  let present = 0;
  for (const { segment, sent_ms, ended_ms } of attempts) {
    const window = windows.get(segment);
    if (window === undefined || sent_ms === null || ended_ms === null) continue;
    const { start_ms, end_ms } = window;
    present += Math.max(0, Math.min(ended_ms, end_ms) - Math.max(sent_ms, start_ms));
    if (ended_ms > start_ms && ended_ms <= end_ms) ended += ended_ms - sent_ms;
  }
  return present === 0 ? null : ended / present;
}

/** From the first to the last measured send of each segment. */
function sendingStretches(attempts: Iterable<WindowAttempt>): Map<string | null, Stretch> {
  const stretches = new Map<string | null, Stretch>();
  for (const { segment, phase, sent_ms } of attempts) {
    if (phase !== "measure" || sent_ms === null) continue;
    const { start_ms, end_ms } = stretches.get(segment) ?? { start_ms: Infinity, end_ms: -Infinity };
    stretches.set(segment, { start_ms: Math.min(start_ms, sent_ms), end_ms: Math.max(end_ms, sent_ms) });
  }
  return stretches;
}
