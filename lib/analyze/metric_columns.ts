/** The columns of `metrics/*.csv`: name, kind, and how the value is taken from a row. Latencies are in seconds. */

import type { CellSummary, ColumnKind, ExperimentCost } from "../core/mod.ts";
import { cellKey } from "./cell_names.ts";
import { type DataFrame, frameOf } from "./frame.ts";
import type { CellTokens, RunFigures } from "./run_figures.ts";

/** A column of a table: its name, its kind, and its value in a row. */
export type TableColumn<Row> = readonly [
  string,
  ColumnKind,
  (row: Row) => string | number | null,
];

/** A frame with a row for each of the rows. */
export function tableOf<Row>(rows: readonly Row[], columns: readonly TableColumn<Row>[]): DataFrame {
  return frameOf(
    rows.map((row) => Object.fromEntries(columns.map(([name, , value]) => [name, value(row)]))),
    Object.fromEntries(columns.map(([name, kind]) => [name, { kind, unit: "", doc: "" }])),
  );
}

const seconds = (ms: number | null | undefined) => ms === null || ms === undefined ? null : ms / 1000;
const perSecond = (perMinute: number | null) => perMinute === null ? null : perMinute / 60;
const times = (a: number | null, b: number | null) => a === null || b === null ? null : a * b;

/** Which cell. */
export const cellKeys: readonly TableColumn<CellSummary>[] = [
  ["experiment_name", "text", (c) => c.experiment_name],
  ["payload_file", "text", (c) => c.payload_file],
  ["instance_type", "text", (c) => c.instance_type],
  ["instance_count", "integer", (c) => c.instance_count],
  ["concurrency", "integer", (c) => c.concurrency],
  ["request_rate_rps", "float", (c) => c.request_rate_rps],
  ["ModelName", "text", (c) => c.model_id],
];

/** FMBench's figures; `TTFT_p95`, `TPOT_p95` are ours. */
export const figures: readonly TableColumn<CellSummary>[] = [
  ["error_rate", "float", (c) => c.error_rate.value],
  ["prompt_token_count_mean", "float", (c) => c.prompt_tokens_mean],
  [
    "prompt_token_throughput",
    "float",
    (c) => times(perSecond(c.transactions_per_minute), c.prompt_tokens_mean),
  ],
  ["completion_token_count_mean", "float", (c) => c.completion_tokens_mean],
  ["completion_token_throughput", "float", (c) => c.completion_tokens_per_s],
  ["latency_p50", "float", (c) => seconds(c.e2e_ms.p50.value)],
  ["latency_p95", "float", (c) => seconds(c.e2e_ms.p95.value)],
  ["latency_p99", "float", (c) => seconds(c.e2e_ms.p99.value)],
  ["TTFT_p50", "float", (c) => seconds(c.ttft_ms?.p50.value)],
  ["TTFT_p95", "float", (c) => seconds(c.ttft_ms?.p95.value)],
  ["TTFT_p99", "float", (c) => seconds(c.ttft_ms?.p99.value)],
  ["TPOT_p50", "float", (c) => seconds(c.tpot_ms?.p50.value)],
  ["TPOT_p95", "float", (c) => seconds(c.tpot_ms?.p95.value)],
  ["TPOT_p99", "float", (c) => seconds(c.tpot_ms?.p99.value)],
  ["transactions_per_minute", "float", (c) => c.transactions_per_minute],
];

/** How many requests. */
export const counts: readonly TableColumn<CellSummary>[] = [["count", "integer", (c) => c.requests]];

/** Counts by outcome and sums of known tokens of the successes. */
export function totals(tokens: RunFigures["tokens"]): readonly TableColumn<CellSummary>[] {
  const sum = (of: CellSummary, column: keyof CellTokens) => tokens.get(cellKey(of))?.[column] ?? 0;
  return [
    ["errors", "integer", (c) => c.errors],
    ["successes", "integer", (c) => c.ok],
    ["transactions", "integer", (c) => c.requests],
    ["transactions_per_second", "float", (c) => perSecond(c.transactions_per_minute)],
    ["all_prompts_token_count", "integer", (c) => sum(c, "prompt_tokens")],
    ["all_completions_token_count", "integer", (c) => sum(c, "completion_tokens")],
  ];
}

/** What the figures are worth. */
export const intervals: readonly TableColumn<CellSummary>[] = [
  ["latency_n", "integer", (c) => c.e2e_ms.p50.n],
  ["latency_p50_low", "float", (c) => seconds(c.e2e_ms.p50.low)],
  ["latency_p50_high", "float", (c) => seconds(c.e2e_ms.p50.high)],
  ["latency_p95_low", "float", (c) => seconds(c.e2e_ms.p95.low)],
  ["latency_p95_high", "float", (c) => seconds(c.e2e_ms.p95.high)],
  ["latency_p99_low", "float", (c) => seconds(c.e2e_ms.p99.low)],
  ["latency_p99_high", "float", (c) => seconds(c.e2e_ms.p99.high)],
  ["response_p50", "float", (c) => seconds(c.response_ms.p50.value)],
  ["response_p95", "float", (c) => seconds(c.response_ms.p95.value)],
  ["response_p99", "float", (c) => seconds(c.response_ms.p99.value)],
  ["error_rate_low", "float", (c) => c.error_rate.low],
  ["error_rate_high", "float", (c) => c.error_rate.high],
  ["window_in_seconds", "float", (c) => c.window_s],
  ["token_source", "text", (c) => c.token_source],
  ["repeated_prompts_share", "float", (c) => c.repeated_share],
];

/** Cost and criteria. */
export const pricing: readonly TableColumn<CellSummary>[] = [
  ["price_per_txn", "float", (c) => c.cost_per_transaction],
  ["price_per_token", "float", (c) => {
    const tokens = (c.prompt_tokens_mean ?? 0) + (c.completion_tokens_mean ?? 0);
    return c.cost_per_transaction === null || tokens === 0 ? null : c.cost_per_transaction / tokens;
  }],
  ["price_per_10k_txn", "float", (c) => c.cost_per_10k_transactions],
  ["cost_basis", "text", (c) => c.cost_basis],
  ["accuracy", "float", (c) => c.accuracy?.value ?? null],
  ["latency_criterion", "text", (c) => c.criteria.latency],
  ["cost_criterion", "text", (c) => c.criteria.cost],
  ["error_rate_criterion", "text", (c) => c.criteria.error_rate],
  ["accuracy_criterion", "text", (c) => c.criteria.accuracy],
  ["cosine_similarity", "float", (c) => c.similarity?.value ?? null],
  ["similarity_criterion", "text", (c) => c.criteria.similarity],
  ["unjudged_share", "float", (c) => c.unjudged?.value ?? null],
  ["unjudged_criterion", "text", (c) => c.criteria.unjudged],
];

/** Failures. */
export const errorRates: readonly TableColumn<CellSummary>[] = [
  ["error_rate", "float", (c) => c.error_rate.value],
  ["response_p50", "float", (c) => seconds(c.response_ms.p50.value)],
  ["response_p95", "float", (c) => seconds(c.response_ms.p95.value)],
  ["response_p99", "float", (c) => seconds(c.response_ms.p99.value)],
  ["error_rate_low", "float", (c) => c.error_rate.low],
  ["error_rate_high", "float", (c) => c.error_rate.high],
  ["errors", "integer", (c) => c.errors],
  ["finished", "integer", (c) => c.error_rate.n],
];

/** What an experiment cost. */
export const costColumns: readonly TableColumn<ExperimentCost>[] = [
  ["experiment_name", "text", (e) => e.experiment_name],
  ["instance_type", "text", (e) => e.instance_type],
  ["instance_count", "integer", (e) => e.instance_count],
  ["duration_in_seconds", "float", (e) => e.duration_s],
  ["cost", "float", (e) => e.cost],
  ["basis", "text", (e) => e.basis],
  ["requests", "integer", (e) => e.requests],
  ["prompt_tokens", "integer", (e) => e.prompt_tokens],
  ["completion_tokens", "integer", (e) => e.completion_tokens],
];
