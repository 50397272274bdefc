/** One replica as a queue: how long requests take with so many in flight, as it was measured. */

/** The response times of one level of a closed loop, in milliseconds, in the order in which they were measured. */
export interface ServiceLevelTimes {
  /** Requests held in flight: at least 1. */
  readonly concurrency: number;
  /** Each above 0; at least one. */
  readonly times_ms: Float64Array;
}

/** A replica as the simulation uses it. With n requests at work, each advances by 1 / `pace_ms[n]` of its work a millisecond. */
export interface ReplicaModel {
  /** Requests at work at once; more wait in line. */
  readonly slots: number;
  /** Mean time of a request with n at work, n from 0 to `slots` (0: as 1). */
  readonly pace_ms: Float64Array;
  /** The work of requests, mean 1, ascending: the times of the level nearest to n at work / their mean. */
  readonly work: readonly Float64Array[];
  /** Requests a minute when it is never idle. */
  readonly most_per_minute: number;
  /** Whether the throughput still rose at the highest level, so that nobody knows what more in flight would do. */
  readonly rising: boolean;
}

/** From a level on, more in flight get less than this much more done: the rest only waits. */
const fullGain = 1.04;

/**
 * How the mean time between levels is read, given that it grows faster and faster with the load, as in an engine with a batch.
 * `chords`: along the straight line that joins them, so never too fast. `tangents`: as low as the lines of the neighbouring
 * stretches, drawn on, and the best measured throughput allow, so never too slow; a level's line of those who wait is only
 * seen from that level on.
 */
export type Reading = "chords" | "tangents";

/**
 * The model of some levels of one experiment and payload file.
 *
 * Between levels the mean time is read as asked; below the lowest level it is the lowest level's. The replica works on no more at once
 * than at the lowest level from which on nothing more gets done; beyond it requests wait in line, first come, first
 * served. At a steady number in flight that was measured the model gives the measured times back.
 *
 * @param levels at least one, each concurrency once
 */
export function replicaModel(
  levels: readonly ServiceLevelTimes[],
  reading: Reading = "chords",
): ReplicaModel {
  const known = levels.map(({ concurrency, times_ms }) => {
    const mean_ms = meanOf(times_ms);
    return { concurrency, mean_ms, per_ms: concurrency / mean_ms, times_ms };
  }).sort((a, b) => a.concurrency - b.concurrency);
  const best = Math.max(...known.map(({ per_ms }) => per_ms));
  const full = known.findIndex(({ per_ms }) => per_ms * fullGain >= best);
  const used = known.slice(0, full + 1);
  const slots = used.at(-1)!.concurrency;
  const work = used.map(({ times_ms, mean_ms }) => times_ms.map((time) => time / mean_ms).sort());
  const pace_ms = new Float64Array(slots + 1);
  const shapes: Float64Array[] = [];
  for (let n = 0; n <= slots; n++) {
    const above = used.findIndex(({ concurrency }) => concurrency >= n);
    const to = used[above]!;
    const from = used[above - 1] ?? to;
    const part = to === from ? 1 : (n - from.concurrency) / (to.concurrency - from.concurrency);
    const chord = to === from ? to.mean_ms : along(from, to, n);
    const [before, after] = [known[above - 2], known[above + 1]];
    pace_ms[n] = reading === "chords" || to === from ? chord : Math.min(
      chord,
      Math.max(
        Math.min(from.mean_ms, to.mean_ms),
        before === undefined ? 0 : along(before, from, n),
        after === undefined ? 0 : along(to, after, n),
        n / best,
      ),
    );
    const near = to === from || (reading === "chords" ? part >= 0.5 : n === to.concurrency);
    shapes.push(work[near ? above : above - 1]!);
  }
  // By tangents it may be full before the level at which that was seen.
  const enough = pace_ms.findIndex((pace, n) => n > 0 && n / pace * fullGain >= best);
  const least = enough === -1 ? slots : enough;
  return {
    slots: least,
    pace_ms: pace_ms.subarray(0, least + 1),
    work: shapes,
    most_per_minute: 60_000 * least / pace_ms[least]!,
    rising: used.length === known.length && known.length > 1,
  };
}

interface Point {
  readonly concurrency: number;
  readonly mean_ms: number;
}

/** The line through two levels, at n. */
function along(a: Point, b: Point, n: number): number {
  return a.mean_ms + (b.mean_ms - a.mean_ms) * (n - a.concurrency) / (b.concurrency - a.concurrency);
}

/**
 * The levels with one more at twice the highest load, as if time went on growing along the last line: what a replica might do
 * beyond what was measured. null for a single level.
 */
export function extended(levels: readonly ServiceLevelTimes[]): ServiceLevelTimes[] | null {
  const [last, before] = levels.toSorted((a, b) => b.concurrency - a.concurrency);
  if (last === undefined || before === undefined) return null;
  const point = ({ concurrency, times_ms }: ServiceLevelTimes) => ({
    concurrency,
    mean_ms: meanOf(times_ms),
  });
  const concurrency = last.concurrency * 2;
  const ratio = along(point(before), point(last), concurrency) / meanOf(last.times_ms);
  return [...levels, { concurrency, times_ms: last.times_ms.map((time) => time * ratio) }];
}

function meanOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
