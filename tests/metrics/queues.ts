/** A queue with several servers in simulated time: Poisson arrivals, exponential service of mean 1 s, first come first served. */

import { seededRandom } from "../../lib/core/mod.ts";
import type { Stay } from "../../lib/metrics/saturation.ts";

/** From an empty queue on. `load`: arrivals / what the servers can do together. */
export function queueStays(
  { load, servers, n, seed }: { load: number; servers: number; n: number; seed: number },
): Stay[] {
  const random = seededRandom(seed, ["queue", load, servers]);
  const free = new Float64Array(servers);
  let due_ms = 0;
  return Array.from({ length: n }, () => {
    due_ms += random.exponential(1000 / (load * servers));
    const next = free.reduce((least, at, i) => at < free[least]! ? i : least, 0);
    const ended_ms = Math.max(due_ms, free[next]!) + random.exponential(1000);
    free[next] = ended_ms;
    return { due_ms, ended_ms };
  });
}
