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

/** Loads to try: so many requests in flight, and so many arrivals a second. */
export interface Ladder {
  readonly streams: readonly number[];
  readonly rates_rps: readonly number[];
}

const streamSteps: readonly number[] = [16, 64, 200, 500, 1000, 2000, 4000];
/** Fewer arrivals than the lowest would take too long to judge; what holds for it holds for them. */
const rateSteps: readonly number[] = [10, 50, 200, 500, 1000, 2000, 4000];

/**
 * What to try for a plan: its highest concurrency and its highest rate, each with the two steps beyond; null = the plan has
 * none of it.
 */
export function ladderFor(planned: { streams: number | null; rate_rps: number | null }): Ladder {
  const { streams, rate_rps } = planned;
  return {
    streams: streams === null ? [] : withTwoBeyond(streams, streamSteps),
    rates_rps: rate_rps === null ? [] : withTwoBeyond(Math.max(rate_rps, rateSteps[0]!), rateSteps),
  };
}

function withTwoBeyond(load: number, steps: readonly number[]): number[] {
  return [load, ...steps.filter((step) => step > load).slice(0, 2)];
}

/** What `fmbench certify` tries when it is told nothing. */
export const wholeLadder: Ladder = { streams: [1, 16, 64, 200, 500, 1000], rates_rps: [10, 100, 500] };

/**
 * Measured requests of a closed rung: as many as fit into its share of the time after one warm-up request a stream, and at
 * least one a stream and the fewest that can be judged.
 */
export function requestsOf(streams: number, seconds: number, rungs: number): number {
  const share_ms = (seconds * 1000 - around_ms) / rungs;
  const rounds = (share_ms - request_ms.longest) / request_ms.mean;
  return Math.max(streams, limits.fewest_requests, Math.floor(streams * (rounds - 1)));
}

/** Part of an open rung's time that is warm-up. */
const warmupShare = 0.2;

/** Requests of an open rung, warm-up among them: those that arrive in its share of the time, but for the last answer. */
export function arrivalsOf(
  rate_rps: number,
  seconds: number,
  rungs: number,
): { warmup: number; measured: number } {
  const share_ms = (seconds * 1000 - around_ms) / rungs - request_ms.longest;
  const all = rate_rps * share_ms / 1000;
  return {
    warmup: Math.max(1, Math.floor(all * warmupShare)),
    measured: Math.max(limits.fewest_requests, Math.floor(all * (1 - warmupShare))),
  };
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

/**
 * The plan of a ladder: rungs of streams, then of rates, each in ascending order, so that the lower ones are done when the
 * time is up.
 */
export function planLadder(
  { ladder, seconds, endpoint }: {
    readonly ladder: Ladder;
    readonly seconds: number;
    readonly endpoint: Endpoint;
  },
): Plan {
  const [streams, rates] = [ascending(ladder.streams), ascending(ladder.rates_rps)];
  const rungs = streams.length + rates.length;
  const ids = certifyPayloads().map(({ payload_id }) => payload_id);
  const loads = [
    ...streams.map((concurrency) => ({
      concurrency,
      arrival: "closed" as const,
      warmup_requests: concurrency,
      requests: requestsOf(concurrency, seconds, rungs),
    })),
    ...rates.map((rate) => {
      const { warmup, measured } = arrivalsOf(rate, seconds, rungs);
      return {
        concurrency: null,
        arrival: "poisson" as const,
        rates_rps: [rate],
        warmup_requests: warmup,
        requests: measured,
      };
    }),
  ];
  const plans = loads.map((load) =>
    planLoad({
      seed: 1,
      config_hash: "certify",
      version,
      levels: [{
        endpoint,
        payload_file: payloadFile,
        ...load,
        parameters: {},
        stream: true,
        timeout_ms: 30_000,
        stall_ms: 30_000,
        stop_error_rate: null,
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

function ascending(loads: readonly number[]): number[] {
  return [...new Set(loads)].sort((a, b) => a - b);
}
