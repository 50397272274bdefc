/** The steady closed loop: N requests in flight, a finished one replaced at once. */

import type { Clock, PlannedRequest, Status } from "../core/mod.ts";
import { ErrorRate } from "./error_rate.ts";
import { Preparation } from "./preparation.ts";

export interface ClosedLoopOptions {
  /** The requests of this worker in this level, in order: warm-up, measured ones, drain. */
  readonly requests: readonly PlannedRequest[];
  /** One entry a slot of this worker: milliseconds from now to its first request. */
  readonly delays: readonly number[];
  /** Called for the requests that are sent next, one for each slot, while those before them are in flight; see `Preparation`. */
  readonly prepare?: (request: PlannedRequest) => void | Promise<unknown>;
  /** Sends one request and tells how it ended. Must not reject. */
  readonly send: (request: PlannedRequest) => Promise<Status>;
  readonly clock: Clock;
  /** Ends the level: nothing new is sent. */
  readonly signal: AbortSignal;
  /** See `Level.stop_error_rate`. */
  readonly stop_error_rate: number | null;
  /** From the first measured request on, measured ones are sent for so long; null = all of them. @default null */
  readonly duration_ms?: number | null;
  /** For how long the load is kept up while the last measured requests are answered. @default 0 */
  readonly drain_ms?: number;
}

/**
 * Sends the requests of a level through its slots. There is no barrier, neither between requests nor between phases. After
 * the measured requests, the load is kept up until all of them are answered or `drain_ms` is over. Resolves when all that
 * was sent has ended; nothing in flight is cut off by the end of a phase.
 *
 * @returns whether the level gave up because too many requests failed, or else whether its duration ended it
 */
export async function closedLoop(
  options: ClosedLoopOptions,
): Promise<{ gave_up: boolean; timed_out: boolean }> {
  const { delays, prepare, send, clock, signal, stop_error_rate, duration_ms = null, drain_ms = 0 } = options;
  const started = clock.now();
  const failures = new ErrorRate(stop_error_rate);
  const drainFrom = options.requests.findIndex(({ phase }) => phase === "drain");
  const [requests, drain] = drainFrom < 0
    ? [options.requests, []]
    : [options.requests.slice(0, drainFrom), options.requests.slice(drainFrom)];
  let next = 0;
  let drained = 0;
  let measuring = 0;
  let end = Infinity;
  let drainEnd: number | null = null;
  let timed_out = false;

  function following(): PlannedRequest | undefined {
    const now = clock.now();
    timed_out ||= now >= end && next < requests.length;
    const request = requests[next];
    if (request !== undefined && !timed_out) {
      next++;
      if (request.phase === "measure" && duration_ms !== null && end === Infinity) end = now + duration_ms;
      return request;
    }
    drainEnd ??= now + drain_ms;
    return measuring > 0 && now < drainEnd ? drain[drained++] : undefined;
  }

  const preparation = prepare === undefined ? null : new Preparation({
    requests,
    prepare,
    unsent: () => next,
    wanted: (index) => index < next + delays.length && !timed_out && !signal.aborted,
  });

  async function slot(delay: number): Promise<void> {
    if (delay > 0) {
      try {
        await clock.sleepUntil(started + delay, signal);
      } catch {
        return;
      }
    }
    while (!signal.aborted && !failures.exceeded) {
      const request = following();
      if (request === undefined) return;
      const measured = request.phase === "measure" ? 1 : 0;
      measuring += measured;
      const sent = send(request);
      preparation?.go();
      failures.exceededBy(await sent);
      measuring -= measured;
    }
  }

  await Promise.all(delays.map(slot));
  return { gave_up: failures.exceeded, timed_out };
}
