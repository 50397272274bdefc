/** Looking again and again, ever less often, until something is so. */

import type { Clock } from "../core/mod.ts";

/** How often and how long. In milliseconds. */
export interface Patience {
  readonly first_ms: number;
  readonly most_ms: number;
  readonly limit_ms: number;
}

export interface Polling extends Patience {
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** Told before each wait how long it has been, in seconds. */
  readonly waiting?: (waited_s: number) => void;
}

/**
 * What `look` finds; null when the limit passed without it. The first look is at once, the last one at the limit.
 *
 * @throws the signal's reason when it is aborted, and whatever `look` throws
 */
export async function poll<T>(look: () => Promise<T | null>, polling: Polling): Promise<T | null> {
  const { clock, signal, first_ms, most_ms, limit_ms, waiting } = polling;
  const begun = clock.now();
  for (let pause = first_ms;; pause = Math.min(most_ms, 1.5 * pause)) {
    signal?.throwIfAborted();
    const found = await look();
    if (found !== null) return found;
    const waited = clock.now() - begun;
    if (waited >= limit_ms) return null;
    waiting?.(waited / 1000);
    await clock.sleepUntil(Math.min(clock.now() + pause, begun + limit_ms), signal);
  }
}
