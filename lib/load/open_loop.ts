/** The open loop: every request goes out when it is due, whatever became of those before. */

import type { Clock, PlannedRequest, Status } from "../core/mod.ts";
import { ErrorRate } from "./error_rate.ts";
import { nextTurn, Preparation } from "./preparation.ts";

export interface OpenLoopOptions {
  /** The requests of this worker in this level, by due time. */
  readonly requests: readonly PlannedRequest[];
  /** The level's start on the clock; due times count from it. */
  readonly start_ms: number;
  /** Called before a request is due, if there is time; in the order of sending; see `Preparation`. */
  readonly prepare?: (request: PlannedRequest) => void | Promise<unknown>;
  /** What is due so soon is prepared: requests of a burst then follow each other as fast as they can be written. @default 5 */
  readonly horizon_ms?: number;
  /** Nothing is prepared any more when the next request is due so soon. @default 0.1 */
  readonly spare_ms?: number;
  /** Sends one request that was due at `scheduled_ms` on the clock. Must not reject. */
  readonly send: (request: PlannedRequest, scheduled_ms: number) => Promise<Status>;
  readonly clock: Clock;
  /** Ends the level: nothing new is sent. */
  readonly signal: AbortSignal;
  /** What is due while so many are in flight waits, in order, for one of them to end; null = no cap. */
  readonly max_in_flight: number | null;
  /** See `Level.stop_error_rate`. */
  readonly stop_error_rate: number | null;
}

/**
 * A backlog is sent in turns of this length. In one go every request of it would open a connection, because no answer is
 * read meanwhile that would give one back; what that costs makes the next backlog longer, until nothing is read at all.
 */
const longestTurn_ms = 0.5;

/** How long before a due time the loop wakes up, to prepare, and to wake a processor that has gone to sleep. */
const ahead_ms = 1;
/** The last sleep before a due time is so short that the processor does not go to sleep itself. */
const nap_ms = 0.15;
/**
 * Sends the requests of a level at their due times. None is left out, however late: what waits for the cap or for a busy
 * machine is sent as soon as it can be, and its latency counts from its due time. Resolves when all that was sent has ended.
 *
 * @returns whether the level gave up because too many requests failed
 */
export async function openLoop(options: OpenLoopOptions): Promise<{ gave_up: boolean }> {
  const { requests, start_ms, prepare, send, clock, stop_error_rate, horizon_ms = 5, spare_ms = 0.1 } =
    options;
  const most = options.max_in_flight ?? Infinity;
  const failures = new ErrorRate(stop_error_rate);
  const giveUp = new AbortController();
  const signal = AbortSignal.any([options.signal, giveUp.signal]);
  const idle = Promise.withResolvers<void>();
  // It is awaited only when all is due; until then a failure has nobody to hear of it.
  idle.promise.catch(() => giveUp.abort());
  let due = 0;
  let sent = 0;
  let inFlight = 0;
  let launching = false;

  const dueAt = (index: number) => start_ms + requests[index]!.due_ms!;

  async function one(index: number): Promise<void> {
    const status = await send(requests[index]!, dueAt(index));
    inFlight--;
    if (failures.exceededBy(status)) giveUp.abort();
    launch();
  }
  async function launch(): Promise<void> {
    if (launching) return;
    launching = true;
    let began = clock.now();
    while (sent < due && inFlight < most && !signal.aborted) {
      inFlight++;
      one(sent++).catch(idle.reject);
      if (clock.now() - began < longestTurn_ms) continue;
      await nextTurn();
      began = clock.now();
    }
    launching = false;
    if (inFlight === 0 && (sent === requests.length || signal.aborted)) idle.resolve();
  }

  const preparation = prepare === undefined ? null : new Preparation({
    requests,
    prepare,
    unsent: () => due,
    wanted(index) {
      const now = clock.now();
      return dueAt(index) - now <= horizon_ms && dueAt(due) - now >= spare_ms && !signal.aborted;
    },
  });

  signal.addEventListener("abort", launch);
  while (due < requests.length && !signal.aborted) {
    try {
      if (dueAt(due) - clock.now() > ahead_ms) await clock.sleepUntil(dueAt(due) - ahead_ms, signal);
      preparation?.go();
      if (dueAt(due) - clock.now() > nap_ms) await clock.sleepUntil(dueAt(due) - nap_ms, signal);
      await clock.sleepUntil(dueAt(due), signal);
    } catch (error) {
      if (!signal.aborted) idle.reject(error);
      break;
    }
    const now = clock.now();
    do due++; while (due < requests.length && dueAt(due) <= now);
    launch();
    preparation?.go();
  }
  launch();
  await idle.promise;
  return { gave_up: failures.exceeded };
}
