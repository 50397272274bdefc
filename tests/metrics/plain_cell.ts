/** A cell of which little is known, for tests to lay figures over. */

import type { CellSummary, Estimate, Percentiles } from "../../lib/core/mod.ts";

const unknown: Estimate = { value: null, low: null, high: null, n: 0, flagged: true };
const unknownPercentiles: Percentiles = { p50: unknown, p90: unknown, p95: unknown, p99: unknown };

/** Every budget kept, no figure known. */
export const plainCell: CellSummary = {
  experiment_name: "experiment",
  model_id: "model",
  instance_type: "type",
  instance_count: 1,
  payload_file: "payload.jsonl",
  concurrency: 1,
  request_rate_rps: null,
  simulated: false,
  requests: 100,
  ok: 100,
  errors: 0,
  cancelled: 0,
  error_rate: { ...unknown, value: 0, n: 100 },
  prompt_tokens_mean: 100,
  completion_tokens_mean: 10,
  token_source: "server",
  repeated_share: null,
  e2e_ms: unknownPercentiles,
  response_ms: unknownPercentiles,
  response_mean_ms: unknown,
  latency_ms: unknown,
  ttft_ms: null,
  tpot_ms: null,
  itl_ms: null,
  output_tokens_per_s: null,
  window_s: 100,
  transactions_per_minute: 60,
  completion_tokens_per_s: 10,
  goodput: { per_minute: null, share: unknown },
  steadiness: {
    steady: null,
    warm_up_left: null,
    drift: null,
    littles_law: null,
    stalled: 0,
    saturated: null,
  },
  cost_basis: null,
  cost_per_transaction: null,
  cost_interval: null,
  cost_per_10k_transactions: null,
  cost_per_million_tokens: null,
  cost_per_million_good_tokens: null,
  accuracy: null,
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
};
