/** What is going to be driven: how many streams at a time, and how many requests with each number. */

import { type Endpoint, type Payload, type Plan, sha256, version } from "../core/mod.ts";
import { planLoad } from "../load/mod.ts";
import type { Timing } from "../simulate/mod.ts";
import { limits } from "./judgement.ts";

/** 50 events a second on every stream, on the dot, and a slot for everybody. Prompts cost nothing. */
export const timing: Timing = {
  base_ms: 50,
  prefill_tokens_per_s: 1e12,
  decode_ms: 20,
  decode_ms_per_sequence: 0,
  slots: 1e6,
  jitter: 0,
};

/** The mean answer has 19 tokens, the longest one 25. */
const request_ms = { mean: 420, longest: 540 } as const;
/** Start and end of endpoint and workers. */
const around_ms = 600;

const steps: readonly number[] = [16, 64, 200, 500, 1000, 2000, 4000];

/** The streams to try for a plan: its highest concurrency, and two steps beyond. */
export function ladderFor(planned_streams: number): number[] {
  return [planned_streams, ...steps.filter((streams) => streams > planned_streams).slice(0, 2)];
}

/** The streams that `fmbench certify` tries when it is told nothing. */
export const wholeLadder: readonly number[] = [1, 16, 64, 200, 500, 1000];

/**
 * Measured requests of a rung: as many as fit into its share of the time after one warm-up request a stream, and at least
 * one a stream and the fewest that can be judged.
 */
export function requestsOf(streams: number, seconds: number, rungs: number): number {
  const share_ms = (seconds * 1000 - around_ms) / rungs;
  const rounds = (share_ms - request_ms.longest) / request_ms.mean;
  return Math.max(streams, limits.fewest_requests, Math.floor(streams * (rounds - 1)));
}

export const payloadFile = "certify.jsonl";

/** Prompts of 1,000 characters, each with an answer that the endpoint puts into a sentence. */
export function certifyPayloads(): Payload[] {
  return Array.from({ length: 64 }, (_, i) => {
    const prompt = `${i + 1}. ${"Which way does the river run? ".repeat(34)}`.slice(0, 1000);
    return {
      payload_id: sha256(prompt).slice(0, 16),
      prompt,
      prompt_tokens: 250,
      language: "en",
      question: null,
      ground_truth: ["to the sea"],
    };
  });
}

/** The plan of a ladder, its rungs in ascending order: the lower ones are done when the time is up. */
export function planLadder(
  { streams, seconds, endpoint }: {
    readonly streams: readonly number[];
    readonly seconds: number;
    readonly endpoint: Endpoint;
  },
): Plan {
  const rungs = [...new Set(streams)].sort((a, b) => a - b);
  const ids = certifyPayloads().map(({ payload_id }) => payload_id);
  const plans = rungs.map((concurrency) =>
    planLoad({
      seed: 1,
      config_hash: "certify",
      version,
      levels: [{
        endpoint,
        payload_file: payloadFile,
        concurrency,
        arrival: "closed",
        parameters: {},
        stream: true,
        timeout_ms: 30_000,
        stall_ms: 30_000,
        stop_error_rate: null,
        warmup_requests: concurrency,
        requests: requestsOf(concurrency, seconds, rungs.length),
        min_iters: 1,
        max_iters: 1,
      }],
      payloads: () => ids,
    })
  );
  return {
    header: {
      ...plans[0]!.header,
      levels: plans.map(({ header }, level) => ({ ...header.levels[0]!, level })),
    },
    requests: plans.flatMap(({ requests }, level) => requests.map((request) => ({ ...request, level }))),
  };
}
