/** Requests that were not just answered, but answered in time. */

import type { Estimate, Objectives, RequestRecord } from "../core/mod.ts";
import { type LevelAttempt, type LevelView, levelView } from "./level_view.ts";
import { seriesProportion } from "./proportion.ts";
import { outcomesOf } from "./outcome.ts";
import { windowSeconds } from "./throughput.ts";
import type { Sequence } from "./sequence.ts";
import { successesIn } from "./window.ts";

/** What of a request is compared with objectives. */
export type JudgedRequest = Pick<
  RequestRecord,
  "status" | "response_ms" | "e2e_ms" | "ttft_ms" | "tpot_ms" | "completion_tokens"
>;

type GoodputAttempt = LevelAttempt & JudgedRequest;

export interface Goodput {
  /** Successes that meet every objective / wall time of the measured window; null without a window. */
  readonly per_s: number | null;
  /** The same as a fraction of the finished requests of the measure phase. */
  readonly share: Estimate;
}

/**
 * Whether a request succeeded and meets every objective; a value equal to its limit does. A figure that is not known meets
 * none, so that an answer that was not streamed meets no limit for its first token. An answer of one token, or none, has no
 * second one to wait for: it meets every limit per output token.
 */
export function meets(request: JudgedRequest, objectives: Objectives): boolean {
  return request.status === "ok" &&
    (["response_ms", "e2e_ms", "ttft_ms", "tpot_ms"] as const).every((name) => {
      const limit = objectives[name];
      const value = name === "tpot_ms" ? tpotOf(request) : request[name];
      return limit === undefined || (value !== null && value <= limit);
    });
}

function tpotOf({ tpot_ms, completion_tokens }: JudgedRequest): number | null {
  return completion_tokens !== null && completion_tokens <= 1 ? 0 : tpot_ms;
}

/**
 * The goodput of one level, given every attempt of every phase. Failures are finished, too, and never good.
 *
 * Requests that follow each other wait behind the same ones, and are late together: the interval of the share is that of a series.
 *
 * @param concurrency requests held in flight; null in open loop
 */
export function goodput(
  attempts: Sequence<GoodputAttempt>,
  concurrency: number | null,
  objectives: Objectives,
  { windows, finals }: LevelView<GoodputAttempt> = levelView(attempts, concurrency),
): Goodput {
  const window_s = windowSeconds(windows);
  let good = 0;
  for (const { success, share } of successesIn(windows, attempts)) {
    if (meets(success, objectives)) good += share;
  }
  return {
    per_s: window_s === null ? null : good / window_s,
    share: seriesProportion(outcomesOf(finals, (request) => meets(request, objectives))),
  };
}
