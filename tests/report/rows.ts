/** One cell with round figures, to be varied by the tests. */

import type { CellSummary, Estimate, Percentiles } from "../../lib/core/mod.ts";

/** p95 of the latency at most 2 s, 10 dollars for 10,000 transactions, 1 % errors, 80 % right. */
export const budgets = {
  latency_budget: 2,
  cost_per_10k_txn_budget: 10,
  error_rate_budget: 0.01,
  accuracy_budget: 0.8,
  cosine_similarity_budget: null,
  accuracy_error_rate_budget: null,
} as const;

export function estimate(
  value: number | null,
  low: number | null = null,
  high: number | null = null,
): Estimate {
  return { value, low, high, n: 200, flagged: false };
}

export function percentiles(p50: number, p95: number, p99: number | null): Percentiles {
  return {
    p50: estimate(p50),
    p90: estimate(p95),
    p95: estimate(p95, p95 - 10, p95 + 20),
    p99: { ...estimate(p99), flagged: p99 !== null },
  };
}

/** A cell that keeps every budget. */
export function cell(changes: Partial<CellSummary> = {}): CellSummary {
  return {
    experiment_name: "alpha",
    model_id: "m",
    instance_type: "ml.g5.xlarge",
    instance_count: 1,
    payload_file: "payload_en_0-500.jsonl",
    concurrency: 4,
    request_rate_rps: null,
    simulated: false,
    requests: 200,
    ok: 200,
    errors: 0,
    cancelled: 0,
    error_rate: estimate(0, 0, 0.02),
    prompt_tokens_mean: 300,
    completion_tokens_mean: 50,
    token_source: "server",
    repeated_share: 0,
    e2e_ms: percentiles(500, 800, 950),
    response_ms: changes.e2e_ms ?? percentiles(500, 800, 950),
    ttft_ms: percentiles(100, 150, 180),
    tpot_ms: percentiles(8, 9, 10),
    itl_ms: percentiles(8, 12, 20),
    output_tokens_per_s: percentiles(100, 110, 120),
    window_s: 50,
    transactions_per_minute: 240,
    completion_tokens_per_s: 200,
    cost_basis: "instance",
    cost_per_transaction: 0.0005,
    cost_per_10k_transactions: 5,
    accuracy: estimate(0.9, 0.85, 0.94),
    similarity: null,
    unjudged: null,
    criteria: {
      latency: "pass",
      cost: "pass",
      error_rate: "pass",
      accuracy: "pass",
      similarity: "pass",
      unjudged: "pass",
    },
    ...changes,
  };
}

/** The same with a p95 of 2.5 s: 25 % over the budget of 2 s. */
export function slowCell(changes: Partial<CellSummary> = {}): CellSummary {
  return cell({
    experiment_name: "slow",
    e2e_ms: percentiles(1800, 2500, 3100),
    criteria: {
      latency: "fail",
      cost: "pass",
      error_rate: "pass",
      accuracy: "pass",
      similarity: "pass",
      unjudged: "pass",
    },
    ...changes,
  });
}

/** The cells of a Markdown table's lines, trimmed, heading first, without the line of dashes. */
export function tableCells(markdown: string): string[][] {
  return markdown.split("\n").filter((line) => line.startsWith("|") && !/^[|: -]+$/.test(line))
    .map((line) => line.slice(1, -1).split(/(?<!\\)\|/).map((text) => text.trim()));
}
