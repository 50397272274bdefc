/** Cells with the few figures that a verdict looks at. */

import type { CellSummary, Estimate, Percentiles } from "../../lib/core/mod.ts";
import { plainCell } from "./plain_cell.ts";

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
    ...plainCell,
    experiment_name: figures.experiment_name ?? "experiment",
    instance_type: figures.instance_type ?? "type",
    payload_file: figures.payload_file ?? "payload.jsonl",
    concurrency: figures.concurrency ?? 1,
    error_rate: estimate(error_rate),
    e2e_ms,
    response_ms: e2e_ms,
    response_mean_ms: e2e_ms.p50,
    latency_ms: e2e_ms.p95,
    transactions_per_minute: tpm,
    cost_basis: cost === null ? null : "instance",
    cost_per_transaction: cost,
    cost_per_10k_transactions: cost === null ? null : cost * 10_000,
    accuracy: accuracy === null ? null : estimate(accuracy),
    criteria: { ...plainCell.criteria, ...figures.criteria },
  };
}
