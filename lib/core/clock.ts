/** Where time comes from. Passed in wherever time matters, so that tests can hold it in their hands. */

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
 * Monotonic nanoseconds that all processes of this machine share, so that journals of several workers can be put on one
 * time line: the wall clock as it stood when this process started, plus the monotonic time since. (`process.hrtime` does
 * not serve: in Deno it counts from the start of its own process.) Resolution about 0.25 microseconds.
 */
export function machineNanoseconds(): bigint {
  const { timeOrigin } = performance;
  const whole = Math.floor(timeOrigin);
  return BigInt(whole) * 1_000_000n + BigInt(Math.round((timeOrigin - whole + performance.now()) * 1e6));
}

/** A date in the form used for files' names: `20261122T053000Z`. */
export function compactDate(date: Date): string {
  return date.toISOString().replace(/[-:]/g, "").replace(/\.\d+/, "");
}
