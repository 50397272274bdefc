/** The calls of a study in their order: lanes, units, blocks, pauses and due times. */

import type { PlannedRequest, StudySchedule } from "../../core/mod.ts";
import { pauseBefore } from "./pauses.ts";
import type { RunningTime } from "./running_time.ts";

export interface StudyLoopOptions {
  readonly seed: number;
  readonly schedule: Pick<
    StudySchedule,
    "parallel_calls" | "pause_ms" | "jitter" | "calls_per_minute" | "duration_ms"
  >;
  /** In the order of sending. */
  readonly requests: readonly PlannedRequest[];
  /** Due times, pauses and the duration count by it. */
  readonly time: Pick<RunningTime, "now" | "reached">;
  /** Called about a second before a call whose moment is known. Must not reject. */
  readonly ahead: (planned: PlannedRequest) => Promise<void>;
  /** Makes a call. Must not reject for what happens to it. */
  readonly send: (planned: PlannedRequest) => Promise<void>;
  /** Whether a call is still to be made. */
  readonly wanted: (planned: PlannedRequest) => boolean;
  /** A call to be made again, if there is one. */
  readonly again: () => PlannedRequest | undefined;
  /** Nothing is begun any more. */
  readonly signal: AbortSignal;
}

/** How long before a call its connection and its signature are seen to. */
const ahead_ms = 1000;

/**
 * Makes the calls of a study, `parallel_calls` at once at most, and resolves when all that was begun has ended. Without due times a
 * lane works off a unit: block after block, with a pause from the end of the one to the beginning of the next; in a block one call
 * right after the other. With due times each lane takes the next call, and one that is due while all lanes are busy waits.
 *
 * @returns whether its duration ended it
 */
export async function studyLoop(options: StudyLoopOptions): Promise<{ timed_out: boolean }> {
  const { seed, schedule, requests, time, ahead, send, wanted, again, signal } = options;
  const end_ms = schedule.duration_ms ?? Infinity;
  let timed_out = false;

  function over(): boolean {
    if (!signal.aborted && time.now() >= end_ms) timed_out = true;
    return signal.aborted || timed_out;
  }
  async function call(planned: PlannedRequest): Promise<void> {
    await send(planned);
    for (let lost = again(); lost !== undefined && !signal.aborted; lost = again()) await send(lost);
  }
  /** Gets calls ready and resolves when it is their time. */
  async function moment(at_ms: number, calls: readonly PlannedRequest[]): Promise<boolean> {
    const at = Math.min(at_ms, end_ms);
    if (at - time.now() > ahead_ms && !await time.reached(at - ahead_ms, signal)) return false;
    if (at_ms < end_ms) { for (const planned of calls) if (wanted(planned)) ahead(planned); }
    return await time.reached(at, signal);
  }

  let next = 0;
  async function dueLane(): Promise<void> {
    while (next < requests.length && !over()) {
      const planned = requests[next++]!;
      if (!wanted(planned)) continue;
      if (!await moment(planned.due_ms ?? 0, [planned]) || over()) return;
      await call(planned);
    }
  }

  const units = schedule.calls_per_minute === null ? unitsOf(requests) : [];
  async function unitLane(): Promise<void> {
    while (next < units.length && !over()) {
      const { from, to } = units[next++]!;
      for (let at = from; at < to;) {
        const block = blockAt(requests, at, to);
        const pause_ms = at === from ? 0 : pauseBefore(seed, schedule, requests[at]!.call!.block);
        if (!block.some(wanted)) at += block.length;
        else if (pause_ms > 0 && !await moment(time.now() + pause_ms, block)) return;
        else {
          for (const planned of block) {
            if (over()) return;
            if (wanted(planned)) await call(planned);
          }
          at += block.length;
        }
      }
    }
  }

  const lane = schedule.calls_per_minute === null ? unitLane : dueLane;
  await Promise.all(Array.from({ length: schedule.parallel_calls }, lane));
  return { timed_out };
}

/** Where the units of a plan lie in it. */
function unitsOf(requests: readonly PlannedRequest[]): { readonly from: number; readonly to: number }[] {
  const units: { from: number; to: number }[] = [];
  for (const [i, { call }] of requests.entries()) {
    if (i === 0 || call?.unit !== requests[i - 1]!.call?.unit) units.push({ from: i, to: i });
    units.at(-1)!.to = i + 1;
  }
  return units;
}

function blockAt(requests: readonly PlannedRequest[], from: number, end: number): readonly PlannedRequest[] {
  let to = from + 1;
  while (to < end && requests[to]!.call?.block === requests[from]!.call?.block) to++;
  return requests.slice(from, to);
}
