/** Whether more came in than got through. */

import { mean, quantile, sorted } from "./percentile.ts";
import { trendOf } from "./trend.ts";

/** When a request was due, and when it ended; milliseconds on one clock. */
export interface Stay {
  readonly due_ms: number;
  readonly ended_ms: number;
}

/** With fewer arrivals nobody can say. */
const fewest = 20;

/** Growth of the queue over the level that counts: to the double, along the fitted line. */
const doubled = 2 / 3;

/** Growth that counts, as a fraction of the arrivals: what the completions fell short by. */
const shortfall = 0.02;

/**
 * Whether the queue grew from the first arrival to the last: the number of requests that had come and not ended, as each arrival
 * found it, at least doubled along a straight line, by more than chance gives a queue that comes and goes (see `trendOf`), and
 * by at least 2 % of the arrivals. It did not where an arrival of the last fifth found no more than half of those of the first
 * fifth did. What arrived while the level was still filling up is left out: for as long after its first arrival as 9 in 10 of the
 * first fifth took. null with fewer than 20 arrivals left, or when the queue neither grew clearly nor came back.
 *
 * A queue that stood full from the start, because the warm-up filled it to a cap, does not grow: then `max_in_flight` shows.
 *
 * @param arrivals those of one stretch of load
 * @param all every request that may have been there meanwhile, the arrivals included
 */
export function isSaturated(arrivals: readonly Stay[], all: readonly Stay[]): boolean | null {
  const filled_ms = filledAt(all);
  const found = queueLengths(arrivals.filter(({ due_ms }) => due_ms > filled_ms), all);
  if (found.length < fewest) return null;
  const fifth = Math.floor(found.length / 5);
  const usual = quantile(sorted(found.subarray(0, fifth)), 500)!;
  if (found.subarray(-fifth).some((length) => length <= usual)) return false;
  const trend = trendOf(found);
  if (trend === null || trend.change <= Math.max(trend.noise, doubled)) return null;
  return trend.change * mean(found)! >= shortfall * found.length;
}

/** When a level that keeps up has as much in flight as it is going to have. */
function filledAt(all: readonly Stay[]): number {
  const inOrder = all.toSorted((a, b) => a.due_ms - b.due_ms);
  const first = inOrder.slice(0, Math.ceil(inOrder.length / 5));
  const stays = sorted(first.map(({ due_ms, ended_ms }) => ended_ms - due_ms));
  return (first[0]?.due_ms ?? 0) + (quantile(stays, 900) ?? 0);
}

/** How many others each arrival found, in the order of arrival. */
function queueLengths(arrivals: readonly Stay[], all: readonly Stay[]): Float64Array {
  const dues = Float64Array.from(all, ({ due_ms }) => due_ms).sort();
  const ends = Float64Array.from(all, ({ ended_ms }) => ended_ms).sort();
  let due = 0;
  let ended = 0;
  return Float64Array.from(arrivals, ({ due_ms }) => due_ms).sort().map((at) => {
    while (due < dues.length && dues[due]! < at) due++;
    while (ended < ends.length && ends[ended]! <= at) ended++;
    return due - ended;
  });
}
