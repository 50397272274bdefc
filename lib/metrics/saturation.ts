/** Whether more came in than got through. */

import { mean, quantile, sorted } from "./percentile.ts";
import { trendOf } from "./trend.ts";

/** When a request was due, and when it ended; milliseconds on one clock. */
export interface Stay {
  readonly due_ms: number;
  readonly ended_ms: number;
}

/** The same of many, column by column: entry i of both is one request. */
export interface Stays {
  readonly due_ms: Float64Array;
  readonly ended_ms: Float64Array;
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
  const columnsOf = (stays: readonly Stay[]): Stays => ({
    due_ms: Float64Array.from(stays, ({ due_ms }) => due_ms),
    ended_ms: Float64Array.from(stays, ({ ended_ms }) => ended_ms),
  });
  return queueGrew(columnsOf(arrivals), columnsOf(all));
}

/** The same of columns. */
export function queueGrew(arrivals: Stays, all: Stays): boolean | null {
  const dues = all.due_ms.toSorted();
  const filled_ms = filledAt(all, dues);
  const found = queueLengths(arrivals.due_ms.filter((due_ms) => due_ms > filled_ms), dues, all.ended_ms);
  if (found.length < fewest) return null;
  const fifth = Math.floor(found.length / 5);
  const usual = quantile(sorted(found.subarray(0, fifth)), 500)!;
  if (found.subarray(-fifth).some((length) => length <= usual)) return false;
  const trend = trendOf(found);
  if (trend === null || trend.change <= Math.max(trend.noise, doubled)) return null;
  return trend.change * mean(found)! >= shortfall * found.length;
}

/**
 * When a level that keeps up has as much in flight as it is going to have.
 *
 * @param dues those of all, ascending
 */
function filledAt({ due_ms, ended_ms }: Stays, dues: Float64Array): number {
  const count = Math.ceil(dues.length / 5);
  const last = dues[count - 1] ?? 0;
  const stays = new Float64Array(count);
  let n = 0;
  // Of those that were due at the same moment as the last one, as many as there is room for, in their order.
  let ties = count - countBelow(dues, last);
  for (let i = 0; i < due_ms.length; i++) {
    const due = due_ms[i]!;
    if (due < last || (due === last && ties-- > 0)) stays[n++] = ended_ms[i]! - due;
  }
  return (dues[0] ?? 0) + (quantile(sorted(stays), 900) ?? 0);
}

/** How many of ascending numbers are below a limit. */
function countBelow(ascending: Float64Array, limit: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many others each arrival found, in the order of arrival. */
function queueLengths(arrivals: Float64Array, dues: Float64Array, ended_ms: Float64Array): Float64Array {
  const ends = ended_ms.toSorted();
  let due = 0;
  let ended = 0;
  return arrivals.toSorted().map((at) => {
    while (due < dues.length && dues[due]! < at) due++;
    while (ended < ends.length && ends[ended]! <= at) ended++;
    return due - ended;
  });
}
