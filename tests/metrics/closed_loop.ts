/** A closed loop worked out on paper: `concurrency` slots, each sending its next request when the last has ended. */

import { seededRandom } from "../../lib/core/mod.ts";

export interface LoopOptions {
  readonly concurrency: number;
  readonly warmup: number;
  readonly requests: number;
  /** Mean latency in milliseconds; latencies are lognormal with sigma 0.5. */
  readonly mean_ms: number;
  readonly seed: number;
}

/** The attempts of a level, all successes of 10 tokens. */
export function closedLoop({ concurrency, warmup, requests, mean_ms, seed }: LoopOptions) {
  const random = seededRandom(seed, "latency");
  const free = new Array<number>(concurrency).fill(0);
  return Array.from({ length: warmup + requests }, (_, i) => {
    const slot = free.indexOf(Math.min(...free));
    const sent_ms = free[slot]!;
    const latency = mean_ms * Math.exp(0.5 * random.normal() - 0.125);
    free[slot] = sent_ms + latency;
    return {
      request_id: `r${i}`,
      attempt: 1,
      segment: "1",
      worker: "1",
      phase: i < warmup ? "warmup" : "measure",
      status: "ok",
      sent_ms,
      ended_ms: sent_ms + latency,
      sent_at: null,
      completion_tokens: 10,
      e2e_ms: latency,
      ttft_ms: null,
      tpot_ms: null,
    };
  });
}
