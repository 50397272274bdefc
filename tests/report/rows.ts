/** One cell with round figures, to be varied by the tests. */

import type { CellSummary, Estimate, Percentiles, Recommendation } from "../../lib/core/mod.ts";
import { plainCell } from "../metrics/plain_cell.ts";

/** p95 of the latency at most 2 s, 10 dollars for 10,000 transactions, 1 % errors, 80 % right. */
export const budgets = {
  latency_budget: 2,
  latency_statistic: "p95",
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
  const latencies = changes.e2e_ms ?? percentiles(500, 800, 950);
  const response_ms = changes.response_ms ?? latencies;
  return {
    ...plainCell,
    experiment_name: "alpha",
    model_id: "m",
    instance_type: "ml.g5.xlarge",
    payload_file: "payload_en_0-500.jsonl",
    concurrency: 4,
    requests: 200,
    ok: 200,
    error_rate: estimate(0, 0, 0.009),
    prompt_tokens_mean: 300,
    completion_tokens_mean: 50,
    repeated_share: 0,
    e2e_ms: latencies,
    response_ms,
    response_mean_ms: response_ms.p50,
    latency_ms: response_ms.p95,
    ttft_ms: percentiles(100, 150, 180),
    tpot_ms: percentiles(8, 9, 10),
    itl_ms: percentiles(8, 12, 20),
    output_tokens_per_s: percentiles(100, 110, 120),
    window_s: 50,
    transactions_per_minute: 240,
    completion_tokens_per_s: 200,
    goodput: { per_minute: 240, share: estimate(1, 0.98, 1) },
    cost_basis: "instance",
    cost_per_transaction: 0.0005,
    cost_interval: { low: 0.00049, high: 0.00051 },
    cost_per_10k_transactions: 5,
    accuracy: estimate(0.9, 0.85, 0.94),
    ...changes,
  };
}

/** The same with a p95 of 2.5 s: 25 % over the budget of 2 s. */
export function slowCell(changes: Partial<CellSummary> = {}): CellSummary {
  return cell({
    experiment_name: "slow",
    e2e_ms: percentiles(1800, 2500, 3100),
    criteria: { ...plainCell.criteria, latency: "fail" },
    ...changes,
  });
}

/** The cells of a Markdown table's lines, trimmed, heading first, without the line of dashes. */
export function tableCells(markdown: string): string[][] {
  return markdown.split("\n").filter((line) => line.startsWith("|") && !/^[|: -]+$/.test(line))
    .map((line) => line.slice(1, -1).split(/(?<!\\)\|/).map((text) => text.trim()));
}

/** What is recommended of these: the first qualifying cell is the best. */
export function recommendation(changes: Partial<Recommendation> = {}): Recommendation {
  const { qualifying = [] } = changes;
  return {
    payload_file: "payload_en_0-500.jsonl",
    best: qualifying[0] ?? null,
    qualifying,
    indistinct: [],
    front: [],
    best_per_instance_type: [],
    rejected: [],
    ...changes,
  };
}
