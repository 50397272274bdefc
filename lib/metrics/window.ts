/** The stretch of time over which rates are taken. */

import type { RequestRecord } from "../core/mod.ts";
import { quantile, sorted } from "./percentile.ts";

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
 */
export function measuredWindows(
  attempts: readonly WindowAttempt[],
  concurrency: number | null,
): MeasuredWindow[] {
  const bySegment = Map.groupBy(attempts.filter(isMeasuredSend), (attempt) => attempt.segment);
  return [...bySegment].flatMap(([segment, measured]): MeasuredWindow[] => {
    const sends = firstSends(measured);
    const start_ms = minimum(sends.map(({ sent_ms }) => sent_ms));
    const lastEnd = maximum(measured.map(({ ended_ms }) => ended_ms ?? -Infinity));
    const whole = { segment, start_ms, end_ms: lastEnd, counts: "measured" } as const;
    if (concurrency === null) {
      const shift = medianService(measured);
      const lastSend = maximum(sends.map(({ sent_ms }) => sent_ms));
      if (lastSend > start_ms) {
        return [{ segment, start_ms: start_ms + shift, end_ms: lastSend + shift, counts: "ends" }];
      }
      return lastEnd > start_ms ? [whole] : [];
    }
    const lastSends = [...Map.groupBy(sends, ({ worker }) => worker).values()]
      .map((ofWorker) => maximum(ofWorker.map(({ sent_ms }) => sent_ms)));
    const end_ms = minimum(lastSends);
    if (sends.length > concurrency && end_ms > start_ms) {
      return [{ segment, start_ms, end_ms, counts: "parts" }];
    }
    return lastEnd > start_ms ? [whole] : [];
  });
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
  attempts: readonly T[],
): Counted<T>[] {
  const bySegment = new Map(windows.map((window) => [window.segment, window]));
  return attempts.flatMap((success): Counted<T>[] => {
    const window = bySegment.get(success.segment);
    const share = window === undefined || success.status !== "ok" ? 0 : shareOf(success, window);
    return share > 0 ? [{ success, share }] : [];
  });
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
export function sharesOf(counted: readonly Counted<unknown>[]): number {
  return counted.reduce((sum, { share }) => sum + share, 0);
}

type Sent<T> = T & { readonly sent_ms: number };

function isMeasuredSend<T extends WindowAttempt>(attempt: T): attempt is Sent<T> {
  return attempt.phase === "measure" && attempt.sent_ms !== null;
}

/** The first send of each request. */
function firstSends(attempts: readonly Sent<WindowAttempt>[]): Sent<WindowAttempt>[] {
  const first = new Map<string | null, Sent<WindowAttempt>>();
  for (const attempt of attempts) {
    const known = first.get(attempt.request_id);
    if (known === undefined || attempt.sent_ms < known.sent_ms) first.set(attempt.request_id, attempt);
  }
  return [...first.values()];
}

/** Of the successes; 0 without one. */
function medianService(attempts: readonly Sent<WindowAttempt>[]): number {
  const times = attempts.flatMap(({ status, sent_ms, ended_ms }) =>
    status === "ok" && ended_ms !== null ? [ended_ms - sent_ms] : []
  );
  return quantile(sorted(times), 500) ?? 0;
}

// Not Math.min(...values): a level may hold more requests than a call takes arguments.
const minimum = (values: readonly number[]) => values.reduce((a, b) => Math.min(a, b), Infinity);
const maximum = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b), -Infinity);
