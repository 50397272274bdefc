/** What several figures of one level are made of, worked out once. */

import type { RequestRecord } from "../core/mod.ts";
import { finalAttempts, segmentOrder } from "./outcome.ts";
import type { Sequence } from "./sequence.ts";
import { type MeasuredWindow, measuredWindows, type WindowAttempt } from "./window.ts";

/** An attempt with what the view of a level takes. */
export type LevelAttempt = WindowAttempt & Pick<RequestRecord, "attempt" | "sent_at">;

export interface LevelView<T> {
  readonly windows: readonly MeasuredWindow[];
  /** The final attempt of each request of the measure phase, in the order of sending: by segment, then by time. */
  readonly finals: Sequence<T>;
}

/**
 * The view of one level, given every attempt of every phase.
 *
 * @param concurrency requests held in flight; null in open loop
 */
export function levelView<T extends LevelAttempt>(
  attempts: Sequence<T>,
  concurrency: number | null,
): LevelView<T> {
  const order = segmentOrder(attempts);
  const place = ({ segment }: T) => order.get(segment) ?? 0;
  return {
    windows: measuredWindows(attempts, concurrency),
    finals: finalAttempts([...attempts.filter(({ phase }) => phase === "measure")])
      .sort((a, b) => place(a) - place(b) || (a.sent_ms ?? Infinity) - (b.sent_ms ?? Infinity)),
  };
}
