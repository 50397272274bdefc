/** The stretch of time over which rates are taken. */

import type { RequestRecord } from "../core/mod.ts";
import { quantile, sorted } from "./percentile.ts";
import { numbersOf, type Sequence } from "./sequence.ts";

/** What of an attempt decides the window. */
export type WindowAttempt = Pick<
  RequestRecord,
  "request_id" | "segment" | "worker" | "phase" | "status" | "sent_ms" | "ended_ms"
>;

/** The measured window of one level within one segment. */
export interface MeasuredWindow {
  readonly segment: string | null;
  /** Milliseconds from the segment's origin; what ends exactly then is outside. */
  readonly start_ms: number;
  /** Milliseconds from the segment's origin; what ends exactly then is inside. */
  readonly end_ms: number;
  /**
   * What counts. `parts`: the level was full all the time; a success of any phase counts by the part of its time that lies
   * inside. `ends`: open loop; a success of any phase counts when it ends inside. `measured`: too few requests for that; the
   * window is as long as the measure phase and its successes count.
   */
  readonly counts: "parts" | "ends" | "measured";
}

/**
 * The measured windows of one level, one a segment: rates are never taken over the gap between segments.
 *
 * Closed loop: a window runs from the first measured send to the last one, while all `concurrency` requests are in flight; where
 * several workers share the level it ends as soon as the first of them has sent its last measured request, because
 * from then on fewer are in flight. A retry does not extend it. With no more measured requests than `concurrency`, or
 * when all are sent at one moment, it runs from the first measured send to the last measured end instead, which
 * understates the rate of a full level. A segment without a measured request that was sent has no window.
 *
 * Open loop: a window is as long as the measured requests took to be sent, and lies later by the median time that their
 * successes took: what goes out is counted where it comes back, and a few late answers do not stretch it.
 *
 * @param concurrency requests held in flight; null in open loop
 * @param sends the first send of each measured request in each segment, where they are known already
 */
export function measuredWindows<T extends WindowAttempt>(
  attempts: Sequence<T>,
  concurrency: number | null,
  sends: Sequence<T> = firstSends(attempts),
): MeasuredWindow[] {
  return [...stretchesOf(sends, attempts)].flatMap(([segment, stretch]): MeasuredWindow[] => {
    const { start_ms, lastEnd, lastSends } = stretch;
    const whole = { segment, start_ms, end_ms: lastEnd, counts: "measured" } as const;
    if (concurrency === null) {
      const lastSend = Math.max(...lastSends.values());
      if (lastSend > start_ms) {
        const shift = medianService(attempts.filter((attempt) => attempt.segment === segment));
        return [{ segment, start_ms: start_ms + shift, end_ms: lastSend + shift, counts: "ends" }];
      }
      return lastEnd > start_ms ? [whole] : [];
    }
    const end_ms = Math.min(...lastSends.values());
    if (stretch.sends > concurrency && end_ms > start_ms) {
      return [{ segment, start_ms, end_ms, counts: "parts" }];
    }
    return lastEnd > start_ms ? [whole] : [];
  });
}

/** The measured requests of one segment. */
interface Stretch {
  sends: number;
  start_ms: number;
  /** Of each worker. */
  readonly lastSends: Map<string | null, number>;
  lastEnd: number;
}

function stretchesOf(
  sends: Iterable<WindowAttempt>,
  attempts: Iterable<WindowAttempt>,
): Map<string | null, Stretch> {
  const stretches = new Map<string | null, Stretch>();
  for (const { segment, worker, sent_ms } of sends) {
    let stretch = stretches.get(segment);
    if (stretch === undefined) {
      stretch = { sends: 0, start_ms: Infinity, lastSends: new Map(), lastEnd: -Infinity };
      stretches.set(segment, stretch);
    }
    stretch.sends++;
    stretch.start_ms = Math.min(stretch.start_ms, sent_ms ?? Infinity);
    stretch.lastSends.set(worker, Math.max(stretch.lastSends.get(worker) ?? -Infinity, sent_ms ?? -Infinity));
  }
  for (const attempt of attempts) {
    const stretch = isMeasuredSend(attempt) ? stretches.get(attempt.segment) : undefined;
    if (stretch !== undefined) stretch.lastEnd = Math.max(stretch.lastEnd, attempt.ended_ms ?? -Infinity);
  }
  return stretches;
}

/** A success and how much of it a window counts: more than 0, at most 1. */
export interface Counted<T> {
  readonly success: T;
  readonly share: number;
}

/**
 * The successes that a level's windows count.
 *
 * Requests of a full level tend to end in clusters, one for each step of the server's batch. Whole successes would then be
 * off by up to `concurrency` at each edge of the window, which for five rounds is a fifth of the rate; parts are not.
 */
export function successesIn<T extends WindowAttempt>(
  windows: readonly MeasuredWindow[],
  attempts: Iterable<T>,
): Iterable<Counted<T>> {
  const bySegment = new Map(windows.map((window) => [window.segment, window]));
  return {
    *[Symbol.iterator]() {
      for (const success of attempts) {
        const window = bySegment.get(success.segment);
        const share = window === undefined || success.status !== "ok" ? 0 : shareOf(success, window);
        if (share > 0) yield { success, share };
      }
    },
  };
}

function shareOf({ phase, sent_ms, ended_ms }: WindowAttempt, window: MeasuredWindow): number {
  if (window.counts === "measured") return phase === "measure" ? 1 : 0;
  if (sent_ms === null || ended_ms === null) return 0;
  const { start_ms, end_ms } = window;
  const endsInside = ended_ms > start_ms && ended_ms <= end_ms;
  if (window.counts === "ends" || ended_ms <= sent_ms) return endsInside ? 1 : 0;
  const inside_ms = Math.min(ended_ms, end_ms) - Math.max(sent_ms, start_ms);
  return Math.max(0, inside_ms) / (ended_ms - sent_ms);
}

/** The successes of a count, each by its share. */
export function sharesOf(counted: Iterable<Counted<unknown>>): number {
  let sum = 0;
  for (const { share } of counted) sum += share;
  return sum;
}

type Sent<T> = T & { readonly sent_ms: number };

function isMeasuredSend<T extends WindowAttempt>(attempt: T): attempt is Sent<T> {
  return attempt.phase === "measure" && attempt.sent_ms !== null;
}

/** The first send of each measured request in each segment. */
function firstSends<T extends WindowAttempt>(attempts: Iterable<T>): T[] {
  const first = new Map<string | null, Map<string | null, Sent<T>>>();
  for (const attempt of attempts) {
    if (!isMeasuredSend(attempt)) continue;
    let own = first.get(attempt.segment);
    if (own === undefined) first.set(attempt.segment, own = new Map());
    const known = own.get(attempt.request_id);
    if (known === undefined || attempt.sent_ms < known.sent_ms) own.set(attempt.request_id, attempt);
  }
  return [...first.values()].flatMap((own) => [...own.values()]);
}

/** Of the measured successes; 0 without one. */
function medianService(attempts: Sequence<WindowAttempt>): number {
  const times = numbersOf(attempts, (attempt) => {
    const { status, sent_ms, ended_ms } = attempt;
    return isMeasuredSend(attempt) && status === "ok" && ended_ms !== null ? ended_ms - sent_ms! : null;
  });
  return quantile(sorted(times), 500) ?? 0;
}
