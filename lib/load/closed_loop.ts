/** The steady closed loop: N requests in flight, a finished one replaced at once. */

import type { Clock, PlannedRequest, Status } from "../core/mod.ts";

export interface ClosedLoopOptions {
  /** The requests of this worker in this level, in order. */
  readonly requests: readonly PlannedRequest[];
  /** One entry a slot of this worker: milliseconds from now to its first request. */
  readonly delays: readonly number[];
  /** Sends one request and tells how it ended. Must not reject. */
  readonly send: (request: PlannedRequest) => Promise<Status>;
  readonly clock: Clock;
  /** Ends the level: nothing new is sent. */
  readonly signal: AbortSignal;
  /** See `Level.stop_error_rate`. */
  readonly stop_error_rate: number | null;
}

/** A level gives up on its error rate only after so many finished requests. */
const fewestToJudge = 20;

/**
 * Sends the requests of a level through its slots. There is no barrier, neither between requests nor between warm-up and
 * measurement. Resolves when all that was sent has ended.
 *
 * @returns whether the level gave up because too many requests failed
 */
export async function closedLoop(options: ClosedLoopOptions): Promise<{ gave_up: boolean }> {
  const { requests, delays, send, clock, signal, stop_error_rate } = options;
  const started = clock.now();
  let next = 0;
  let finished = 0;
  let failed = 0;
  let gave_up = false;

  async function slot(delay: number): Promise<void> {
    if (delay > 0) {
      try {
        await clock.sleepUntil(started + delay, signal);
      } catch {
        return;
      }
    }
    while (!signal.aborted && !gave_up) {
      const request = requests[next];
      if (request === undefined) return;
      next++;
      const status = await send(request);
      if (status === "cancelled") continue;
      finished++;
      if (status === "error") failed++;
      gave_up ||= stop_error_rate !== null && finished >= fewestToJudge &&
        failed / finished > stop_error_rate;
    }
  }

  await Promise.all(delays.map(slot));
  return { gave_up };
}
