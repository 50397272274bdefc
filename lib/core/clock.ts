/** Where time comes from. Passed in wherever time matters, so that tests can hold it in their hands. */

import process from "node:process";

/** A monotonic clock for durations beside the wall clock for dates. */
export interface Clock {
  /** Monotonic milliseconds with a fraction; only differences mean anything. */
  now(): number;
  /** Wall clock, UTC. */
  date(): Date;
  /** Resolves when `now()` has reached `at`; rejects with the signal's reason when it is aborted. */
  sleepUntil(at: number, signal?: AbortSignal): Promise<void>;
}

/** The clock of this process. Monotonic time is `performance.now()`: the same origin for all of one process. */
export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => new Date(),
  sleepUntil(at, signal) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      }, Math.max(0, at - performance.now()));
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  },
};

/**
 * Monotonic nanoseconds that all processes of this machine share (`CLOCK_MONOTONIC`), so that journals of several
 * workers can be put on one time line.
 */
export function machineNanoseconds(): bigint {
  return process.hrtime.bigint();
}

/** A date in the form used for files' names: `20261122T053000Z`. */
export function compactDate(date: Date): string {
  return date.toISOString().replace(/[-:]/g, "").replace(/\.\d+/, "");
}
