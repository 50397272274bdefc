/** Whether a level ran evenly, so that one figure can speak for all of it. */

import type { RequestRecord, Steadiness } from "../core/mod.ts";
import { littlesLaw } from "./littles_law.ts";
import { type LevelAttempt, type LevelView, levelView } from "./level_view.ts";
import { segmentOrder } from "./outcome.ts";
import { queueGrew, type Stays } from "./saturation.ts";
import { numbersOf, type Sequence } from "./sequence.ts";
import { countStalled, type StallAttempt } from "./stall.ts";
import { type Trend, trendOf } from "./trend.ts";
import { warmUpLeft } from "./warm_up.ts";

export type SteadinessAttempt =
  & LevelAttempt
  & StallAttempt
  & Pick<RequestRecord, "response_ms">;

/** A change over the level that one figure can pass over: what the storage industry's steady state allows (SNIA SSS PTS). */
const tolerated = 0.1;

/** With more noise than that, even a change by as much as the mean would not stand out. */
const tellable = 1;

/**
 * The steadiness of one level, given every attempt of every phase.
 *
 * Trend and warm-up are looked for in the response times of the measure phase's successes, in the order of sending. `steady` is
 * false when they changed by more than 10 % and more than chance explains, null when noise would hide a change by as much as the mean.
 * Saturation is looked at within the last segment: a queue does not outlive an interruption.
 *
 * @param concurrency requests held in flight; null in open loop
 */
export function steadiness(
  attempts: Sequence<SteadinessAttempt>,
  concurrency: number | null,
  { windows, finals }: LevelView<SteadinessAttempt> = levelView(attempts, concurrency),
): Steadiness {
  const successes = finals.filter(({ status }) => status === "ok");
  const times = numbersOf(successes, ({ response_ms, sent_ms }) => sent_ms === null ? null : response_ms);
  const trend = trendOf(times);
  return {
    steady: trend === null ? null : isSteady(trend),
    warm_up_left: warmUpLeft(times),
    drift: trend?.change ?? null,
    littles_law: littlesLaw(attempts, concurrency, windows),
    stalled: countStalled(successes),
    saturated: concurrency === null ? saturation(attempts) : null,
  };
}

function isSteady({ change, noise }: Trend): boolean | null {
  if (Math.abs(change) > Math.max(noise, tolerated)) return false;
  return noise > tellable ? null : true;
}

function saturation(attempts: Sequence<SteadinessAttempt>): boolean | null {
  const order = segmentOrder(attempts);
  const last = [...order].find(([, place]) => place === order.size - 1)?.[0] ?? null;
  const there = attempts.filter(({ segment, sent_ms, ended_ms }) =>
    segment === last && sent_ms !== null && ended_ms !== null
  );
  return queueGrew(staysOf(there.filter(({ phase }) => phase === "measure")), staysOf(there));
}

/** From the due time where it is known, else from the sending. */
function staysOf(attempts: Sequence<SteadinessAttempt>): Stays {
  return {
    due_ms: numbersOf(
      attempts,
      ({ sent_ms, ended_ms, response_ms }) => response_ms === null ? sent_ms : ended_ms! - response_ms,
    ),
    ended_ms: numbersOf(attempts, ({ ended_ms }) => ended_ms),
  };
}
