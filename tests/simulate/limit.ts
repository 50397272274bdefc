/** The highest rate of the timing model that keeps a response time, in simulated time: the truth, and a search for it. */

import { type LoadFound, LoadSearch } from "../../lib/metrics/mod.ts";
import type { Timing } from "../../lib/simulate/mod.ts";
import { type Lengths, simulateArrivals } from "./queue.ts";

export interface SimulatedQueue {
  readonly timing: Timing;
  readonly lengths: Lengths;
  /** Greatest response time of a good request. */
  readonly limit_ms: number;
  /** Least fraction of good requests. */
  readonly share: number;
}

/** What a trial at that rate shows; the first seconds are its warm-up. */
export function simulatedTrial(
  queue: SimulatedQueue,
  { rate_rps, seconds, warm_up_s, seed }: {
    rate_rps: number;
    seconds: number;
    warm_up_s: number;
    seed: readonly (string | number)[];
  },
) {
  const { timing, lengths, limit_ms } = queue;
  const requests = simulateArrivals({ timing, lengths, rate_rps, seconds: seconds + warm_up_s, seed })
    .filter(({ due_ms }) => due_ms > warm_up_s * 1000);
  const good = requests.filter(({ due_ms, ended_ms }) => ended_ms - due_ms <= limit_ms).length;
  return { rate_rps, good, finished: requests.length };
}

/** By bisection, up from 1/s and to 0.1 %; the nearer, the longer the runs, up to so many seconds. */
export function trueLimit(queue: SimulatedQueue, { seconds }: { seconds: number }): number {
  const keepsAt = (rate_rps: number, long: number) => {
    const { good, finished } = simulatedTrial(queue, {
      ...{ rate_rps, warm_up_s: 50, seed: ["truth"] },
      seconds: Math.min(seconds, long),
    });
    return good / finished >= queue.share;
  };
  let misses = 2;
  while (keepsAt(misses, 200)) misses *= 2;
  let keeps = misses / 4;
  while (misses / keeps > 1.001) {
    const rate_rps = Math.sqrt(keeps * misses);
    if (keepsAt(rate_rps, seconds * 0.05 / Math.log(misses / keeps))) keeps = rate_rps;
    else misses = rate_rps;
  }
  return Math.sqrt(keeps * misses);
}

/** One search from 1/s to 500/s, by trials of so many seconds after 5 s of warm-up. */
export function trialsUntilFound(
  queue: SimulatedQueue,
  { seconds, seed }: { seconds: number; seed: number },
): LoadFound {
  const search = new LoadSearch({ from_rps: 1, to_rps: 500, share: queue.share });
  for (let rate_rps = search.ask(); rate_rps !== null; rate_rps = search.ask()) {
    const trial = search.result().trials.length;
    search.tell(simulatedTrial(queue, { rate_rps, seconds, warm_up_s: 5, seed: ["search", seed, trial] }));
  }
  return search.result();
}
