/** Requests that were not just answered, but answered in time. */

import type { Estimate, RequestRecord } from "../core/mod.ts";
import { finalAttempts } from "./outcome.ts";
import { wilson } from "./proportion.ts";
import { windowSeconds } from "./throughput.ts";
import { measuredWindows, sharesOf, successesIn, type WindowAttempt } from "./window.ts";

/** Greatest value of each figure that still counts as good, in milliseconds; what is left out is not asked for. */
export interface Objectives {
  readonly e2e_ms?: number;
  readonly ttft_ms?: number;
  readonly tpot_ms?: number;
}

type GoodputAttempt =
  & WindowAttempt
  & Pick<RequestRecord, "attempt" | "sent_at" | "e2e_ms" | "ttft_ms" | "tpot_ms">;

export interface Goodput {
  /** Successes that meet every objective / wall time of the measured window; null without a window. */
  readonly per_s: number | null;
  /** The same as a fraction of the finished requests of the measure phase. */
  readonly share: Estimate;
}

/** Whether a success meets every objective. A figure that is not known meets none. */
export function meets(
  request: Pick<RequestRecord, "status" | "e2e_ms" | "ttft_ms" | "tpot_ms">,
  objectives: Objectives,
): boolean {
  return request.status === "ok" &&
    (["e2e_ms", "ttft_ms", "tpot_ms"] as const).every((name) => {
      const limit = objectives[name];
      const value = request[name];
      return limit === undefined || (value !== null && value <= limit);
    });
}

/** The goodput of one level (`concurrency` null: open loop), given every attempt of every phase. */
export function goodput(
  attempts: readonly GoodputAttempt[],
  concurrency: number | null,
  objectives: Objectives,
): Goodput {
  const windows = measuredWindows(attempts, concurrency);
  const window_s = windowSeconds(windows);
  const good = successesIn(windows, attempts).filter(({ success }) => meets(success, objectives));
  const finished = finalAttempts(attempts.filter(({ phase }) => phase === "measure"))
    .filter(({ status }) => status === "ok" || status === "error");
  return {
    per_s: window_s === null ? null : sharesOf(good) / window_s,
    share: wilson(finished.filter((request) => meets(request, objectives)).length, finished.length),
  };
}
