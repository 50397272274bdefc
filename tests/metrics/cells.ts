/** Cells with the few figures that a verdict looks at. */

import type { CellSummary, Estimate, Percentiles } from "../../lib/core/mod.ts";

const estimate = (value: number | null): Estimate => ({
  value,
  low: null,
  high: null,
  n: 100,
  flagged: false,
});

export interface Figures {
  readonly experiment_name?: string;
  readonly instance_type?: string;
  readonly payload_file?: string;
  readonly concurrency?: number;
  readonly p95_ms?: number | null;
  readonly cost?: number | null;
  readonly tpm?: number | null;
  readonly error_rate?: number | null;
  readonly accuracy?: number | null;
  readonly criteria?: Partial<CellSummary["criteria"]>;
}

export function cell(figures: Figures): CellSummary {
  const { p95_ms = 1000, cost = 0.001, tpm = 60, error_rate = 0, accuracy = null } = figures;
  const e2e_ms: Percentiles = {
    p50: estimate(p95_ms),
    p90: estimate(p95_ms),
    p95: estimate(p95_ms),
    p99: estimate(p95_ms),
  };
  return {
    experiment_name: figures.experiment_name ?? "experiment",
    model_id: "model",
    instance_type: figures.instance_type ?? "type",
    instance_count: 1,
    payload_file: figures.payload_file ?? "payload.jsonl",
    concurrency: figures.concurrency ?? 1,
    request_rate_rps: null,
    simulated: false,
    requests: 100,
    ok: 100,
    errors: 0,
    cancelled: 0,
    error_rate: estimate(error_rate),
    prompt_tokens_mean: 100,
    completion_tokens_mean: 10,
    token_source: "server",
    repeated_share: null,
    e2e_ms,
    response_ms: e2e_ms,
    ttft_ms: null,
    tpot_ms: null,
    itl_ms: null,
    output_tokens_per_s: null,
    window_s: 100,
    transactions_per_minute: tpm,
    completion_tokens_per_s: 10,
    cost_basis: cost === null ? null : "instance",
    cost_per_transaction: cost,
    cost_per_10k_transactions: cost === null ? null : cost * 10_000,
    accuracy: accuracy === null ? null : estimate(accuracy),
    similarity: null,
    unjudged: null,
    criteria: {
      latency: "pass",
      cost: "pass",
      error_rate: "pass",
      accuracy: "pass",
      similarity: "pass",
      unjudged: "pass",
      ...figures.criteria,
    },
  };
}
