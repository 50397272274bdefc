/** Levels of replicas that are known exactly. */

import { seededRandom } from "../../../lib/core/mod.ts";
import type { ServiceLevelTimes } from "../../../lib/metrics/plan/replica_model.ts";

/** The exponential distribution of a mean, as n values at even steps of probability: mean and tail without chance. */
export function exponentialTimes(mean_ms: number, n = 20_000): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => -Math.log(1 - (i + 0.5) / n) * mean_ms);
}

/** The same time again and again. */
export function equalTimes(time_ms: number, n = 100): Float64Array {
  return new Float64Array(n).fill(time_ms);
}

/** Exponential times drawn by chance. */
export function drawnTimes(mean_ms: number, n: number, seed: number): Float64Array {
  const random = seededRandom(seed, "times");
  return Float64Array.from({ length: n }, () => random.exponential(mean_ms));
}

/** Servers that work alone and do not slow each other down: `count` of them behind one line. */
export function servers(count: number, times_ms: Float64Array): ServiceLevelTimes[] {
  return [...new Set([1, count])].map((concurrency) => ({ concurrency, times_ms }));
}
