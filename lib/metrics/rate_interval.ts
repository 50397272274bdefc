/** Intervals of rates: throughput and goodput of one level. */

import type { Estimate } from "../core/mod.ts";
import { seriesMean } from "./mean_interval.ts";
import type { Sequence } from "./sequence.ts";
import type { MeasuredWindow, WindowAttempt } from "./window.ts";

/** The windows are cut into at most so many blocks. */
const mostBlocks = 100;

/** Successes that a block holds on average, at least. */
const fewestInBlock = 3;

/** With fewer blocks their variance says too little. */
const fewestBlocks = 10;

/**
 * Successes per second of a level with a 95 % interval: the measured windows are cut into blocks of one length, and the mean of the
 * blocks' rates gets the interval of `seriesMean`, as a slow block may be followed by a slow one. 100 blocks, fewer where a block would
 * hold less than 3 successes; without an interval under 10, and where the windows hold too few requests to be cut. What a
 * success counts in each block is what it counts in a window: by the part of its time that lies there, in open loop where
 * it ends. null without a window.
 *
 * @param attempts of the level; those that are no success, and those that don't count, are passed over
 */
export function rateEstimate(
  windows: readonly MeasuredWindow[],
  attempts: Sequence<WindowAttempt>,
): Estimate | null {
  if (windows.length === 0) return null;
  const successes = attempts.filter(({ status }) => status === "ok");
  const total_ms = windows.reduce((sum, { start_ms, end_ms }) => sum + (end_ms - start_ms), 0);
  if (windows.some(({ counts }) => counts === "measured")) {
    const n = successes.filter(({ phase }) => phase === "measure").length;
    return { value: n / total_ms * 1000, low: null, high: null, n, flagged: true };
  }
  const blocks = Math.min(mostBlocks, Math.floor(successes.length / fewestInBlock));
  const counts = windows.map((window) => {
    const own = Math.max(1, Math.round(blocks * (window.end_ms - window.start_ms) / total_ms));
    return countsOf(window, successes.filter(({ segment }) => segment === window.segment), own);
  });
  const total = counts.reduce((sum, { inBlock }) => sum + inBlock.reduce((part, one) => part + one, 0), 0);
  const value = total / total_ms * 1000;
  const rates = counts.flatMap(({ inBlock, length_ms }) => inBlock.map((count) => count / length_ms * 1000));
  const spread = rates.length < fewestBlocks ? null : seriesMean(rates);
  const high = spread?.high ?? null;
  const half = high === null ? null : high - spread!.value!;
  return {
    value,
    low: half === null ? null : Math.max(0, value - half),
    high: half === null ? null : value + half,
    n: Math.round(total),
    flagged: half === null,
  };
}

function countsOf(window: MeasuredWindow, successes: Iterable<WindowAttempt>, blocks: number) {
  const { start_ms, end_ms } = window;
  const length_ms = (end_ms - start_ms) / blocks;
  const inBlock = new Array<number>(blocks).fill(0);
  for (const { sent_ms, ended_ms } of successes) {
    if (sent_ms === null || ended_ms === null) continue;
    if (window.counts === "ends" || ended_ms <= sent_ms) {
      // What ends exactly at the edge belongs to the block before it.
      if (ended_ms > start_ms && ended_ms <= end_ms) {
        inBlock[Math.min(blocks, Math.ceil((ended_ms - start_ms) / length_ms)) - 1]!++;
      }
      continue;
    }
    const from = Math.max(sent_ms, start_ms);
    const to = Math.min(ended_ms, end_ms);
    const last = Math.min(blocks - 1, Math.floor((to - start_ms) / length_ms));
    for (let block = Math.floor((from - start_ms) / length_ms); block <= last; block++) {
      const begin = start_ms + block * length_ms;
      const inside = Math.min(to, begin + length_ms) - Math.max(from, begin);
      if (inside > 0) inBlock[block]! += inside / (ended_ms - sent_ms);
    }
  }
  return { inBlock, length_ms };
}
