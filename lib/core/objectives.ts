/** What a request must keep to count as good, and how much load that leaves room for. */

import type { Estimate } from "./summary.ts";

/** Greatest value of each figure that still counts as good, in milliseconds; what is left out is not asked for. */
export interface Objectives {
  /** From the due time to the end, waits and retries included: what the latency budget is about. */
  readonly response_ms?: number;
  readonly e2e_ms?: number;
  readonly ttft_ms?: number;
  readonly tpot_ms?: number;
}

/** Objectives, and how many of the requests have to meet them. */
export interface ServiceLevel {
  readonly objectives: Objectives;
  /** Least fraction of the finished requests that must meet every objective: 0.99 means p99 of each figure. */
  readonly share: number;
}

/** How the highest load that keeps a service level was found, and what it is. */
export interface HighestLoad {
  /**
   * `between`: a higher level was measured that does not keep the objectives. `at_least`: even the highest measured level
   * keeps them. `below`: not even the lowest does. `unknown`: nothing was measured.
   */
  readonly found: "between" | "at_least" | "below" | "unknown";
  /** Requests in flight (a whole number) or arrivals a second; value null with `below` and `unknown`. n: finished requests. */
  readonly load: Estimate;
  /** Transactions per minute at that load, and at the ends of its interval. */
  readonly transactions_per_minute: Estimate;
}

/** The highest load of one experiment and payload file. */
export interface LoadLimit extends HighestLoad {
  readonly experiment_name: string;
  readonly payload_file: string;
  /** Whether loads are requests in flight; else arrivals a second. */
  readonly closed: boolean;
  /** The measured levels, ascending. */
  readonly levels: readonly number[];
}

const mlperf = (ttft_ms: number, tpot_ms: number): ServiceLevel => ({
  objectives: { ttft_ms, tpot_ms },
  share: 0.99,
});

/**
 * The limits of MLPerf Inference for language models by their names, as objectives that 99 % of the requests must meet. MLPerf
 * asks that of each figure by itself, a service level here of all of a request's figures at once: it is at least as strict.
 * Source: MLCommons, MLPerf Inference loadgen/mlperf.conf (`*.Server.ttft_latency`, `tpot_latency`); GPT-OSS: the rules of
 * v6.0 as others quote them, whose interactive limit is missing here because the rules (20 ms a token) and LoadGen (15 ms) don't agree on it.
 */
export const serviceLevels = {
  "mlperf-llama2-70b": mlperf(2000, 200),
  "mlperf-llama2-70b-interactive": mlperf(450, 40),
  "mlperf-llama3.1-8b": mlperf(2000, 100),
  "mlperf-llama3.1-8b-interactive": mlperf(500, 30),
  "mlperf-llama3.1-405b": mlperf(6000, 175),
  "mlperf-llama3.1-405b-interactive": mlperf(4500, 80),
  "mlperf-mixtral-8x7b": mlperf(2000, 200),
  "mlperf-deepseek-r1": mlperf(2000, 80),
  "mlperf-deepseek-r1-interactive": mlperf(1500, 15),
  "mlperf-gpt-oss-120b": mlperf(3000, 80),
} as const satisfies Readonly<Record<string, ServiceLevel>>;

export type ServiceLevelName = keyof typeof serviceLevels;

export const serviceLevelNames = Object.keys(serviceLevels) as [ServiceLevelName, ...ServiceLevelName[]];
