/** The summary as one flat frame, for tables, charts and cells of one's own. */

import type { CellSummary, Estimate, Percentiles } from "../core/mod.ts";
import { type ColumnSpec, type DataFrame, frameOf } from "./frame.ts";

const distributions = {
  e2e_ms: { doc: "E2E latency", unit: "ms" },
  response_ms: { doc: "response time, waits and retries included", unit: "ms" },
  ttft_ms: { doc: "TTFT", unit: "ms" },
  tpot_ms: { doc: "TPOT", unit: "ms" },
  itl_ms: { doc: "gaps between content chunks", unit: "ms" },
  output_tokens_per_s: { doc: "output tokens per second of one request", unit: "tokens/s" },
} as const;
const ranks = ["p50", "p90", "p95", "p99"] as const;

const text = (doc: string): ColumnSpec => ({ kind: "text", unit: "", doc });
const integer = (doc: string): ColumnSpec => ({ kind: "integer", unit: "", doc });
const float = (doc: string, unit = ""): ColumnSpec => ({ kind: "float", unit, doc });

/**
 * The columns of `summaryFrame`. Of each distribution D (`e2e_ms`, `response_ms`, `ttft_ms`, `tpot_ms`, `itl_ms`,
 * `output_tokens_per_s`) there are `D_n` samples and for each of p50, p90, p95, p99 the value `D_p50` with its 95 %
 * interval `D_p50_low`, `D_p50_high`. null: hidden for want of samples, an open end, or not known.
 */
export const summaryColumns: Readonly<Record<string, ColumnSpec>> = {
  experiment_name: text("`experiments[].name`"),
  model_id: text("model asked for"),
  instance_type: text("price key of the experiment"),
  instance_count: integer("instances behind the endpoint"),
  payload_file: text("which filter of `datasets.filters` the prompts belong to"),
  concurrency: integer("requests held in flight; null in open loop"),
  request_rate_rps: float("arrivals per second asked for; null in closed loop", "1/s"),
  simulated: { kind: "boolean", unit: "", doc: "whether the embedded endpoint answered" },
  requests: integer("requests of the measure phase"),
  ok: integer("of these, succeeded"),
  errors: integer("of these, failed"),
  cancelled: integer("of these, cancelled: neither succeeded nor failed"),
  error_rate: float("failed / finished requests"),
  error_rate_low: float("lower end of its 95 % interval"),
  error_rate_high: float("upper end of its 95 % interval"),
  prompt_tokens_mean: float("mean tokens of a prompt", "tokens"),
  completion_tokens_mean: float("mean tokens of an answer", "tokens"),
  token_source: text("`server`, `tokenizer`, `estimate` or `mixed`: who counted"),
  repeated_share: float(
    "successes whose prompt was sent before in their level (may hit a prompt cache) / successes",
  ),
  ...Object.fromEntries(
    Object.entries(distributions).flatMap(([name, { doc, unit }]) => [
      [`${name}_n`, integer(`${doc}: samples`)],
      ...ranks.flatMap((rank) => [
        [`${name}_${rank}`, float(`${doc}: ${rank}`, unit)],
        [`${name}_${rank}_low`, float(`${doc}: lower end of the interval of ${rank}`, unit)],
        [`${name}_${rank}_high`, float(`${doc}: upper end of the interval of ${rank}`, unit)],
      ]),
    ]),
  ),
  response_mean_ms: float("mean of the response time", "ms"),
  response_mean_ms_low: float("lower end of its 95 % interval", "ms"),
  response_mean_ms_high: float("upper end of its 95 % interval", "ms"),
  latency_ms: float("what the latency budget judges: `report.latency_statistic` of the response time", "ms"),
  latency_ms_low: float("lower end of its 95 % interval", "ms"),
  latency_ms_high: float("upper end of its 95 % interval", "ms"),
  window_s: float("length of the measured window", "s"),
  transactions_per_minute: float("successes / measured window x 60", "1/min"),
  completion_tokens_per_s: float("completion tokens of all successes / measured window", "tokens/s"),
  goodput_per_minute: float("successes that met every objective / measured window x 60", "1/min"),
  good_share: float("successes that met every objective / finished requests"),
  good_share_low: float("lower end of its 95 % interval"),
  good_share_high: float("upper end of its 95 % interval"),
  steady: { kind: "boolean", unit: "", doc: "whether the response times of the measure phase stayed level" },
  warm_up_left: integer("measured requests that a cut of the warm-up would still take away"),
  drift: float("change of the response time over the measure phase / its mean"),
  littles_law: float("throughput x mean response time / mean of the requests in flight"),
  stalled: integer("successes with a gap that counts as a stall"),
  saturated: { kind: "boolean", unit: "", doc: "open loop: whether more came in than got through" },
  cost_basis: text("`instance` or `token`: what is paid for"),
  cost_per_transaction: float("cost of one success", "currency of the prices"),
  cost_interval_low: float("lower end of its 95 % interval", "currency of the prices"),
  cost_interval_high: float("upper end of its 95 % interval", "currency of the prices"),
  cost_per_10k_transactions: float("cost of 10,000 successes", "currency of the prices"),
  cost_per_million_tokens: float("cost of a million prompt and completion tokens", "currency of the prices"),
  cost_per_million_good_tokens: float(
    "the same cost shared among the tokens of requests that met the objectives",
    "currency of the prices",
  ),
  accuracy: float("right / judged answers"),
  accuracy_low: float("lower end of its 95 % interval"),
  accuracy_high: float("upper end of its 95 % interval"),
  accuracy_n: integer("judged answers"),
  similarity: float("mean cosine of an answer and the nearest right one"),
  similarity_low: float("lower end of its 95 % interval"),
  similarity_high: float("upper end of its 95 % interval"),
  similarity_n: integer("answers whose similarity is known"),
  unjudged: float("answers without a verdict / answers that have a ground truth"),
  unjudged_low: float("lower end of its 95 % interval"),
  unjudged_high: float("upper end of its 95 % interval"),
  latency_criterion: text(
    "`pass`, `fail` or `unknown`: the asked statistic of the response time within the budget",
  ),
  cost_criterion: text("the same for the cost of 10,000 transactions"),
  error_rate_criterion: text("the same for the error rate"),
  accuracy_criterion: text("the same for the accuracy"),
  similarity_criterion: text("the same for the mean similarity"),
  unjudged_criterion: text("the same for the answers without a verdict"),
};

/** The cells as a frame with the columns of `summaryColumns`, in their order. */
export function summaryFrame(cells: readonly CellSummary[]): DataFrame {
  return frameOf(cells.map(flatten), summaryColumns);
}

function flatten(cell: CellSummary): Record<string, string | number | boolean | null> {
  const {
    error_rate,
    accuracy,
    similarity,
    unjudged,
    cost_interval,
    criteria,
    goodput,
    steadiness,
    response_mean_ms,
    latency_ms,
    e2e_ms,
    response_ms,
    ttft_ms,
    tpot_ms,
    itl_ms,
    output_tokens_per_s,
    ...plain
  } = cell;
  return {
    ...plain,
    ...interval("error_rate", error_rate),
    ...distribution("e2e_ms", e2e_ms),
    ...distribution("response_ms", response_ms),
    ...distribution("ttft_ms", ttft_ms),
    ...distribution("tpot_ms", tpot_ms),
    ...distribution("itl_ms", itl_ms),
    ...distribution("output_tokens_per_s", output_tokens_per_s),
    ...interval("response_mean_ms", response_mean_ms),
    ...interval("latency_ms", latency_ms),
    goodput_per_minute: goodput.per_minute,
    ...interval("good_share", goodput.share),
    ...steadiness,
    ...interval("accuracy", accuracy),
    accuracy_n: accuracy?.n ?? null,
    ...interval("similarity", similarity),
    similarity_n: similarity?.n ?? null,
    ...interval("unjudged", unjudged),
    cost_interval_low: cost_interval?.low ?? null,
    cost_interval_high: cost_interval?.high ?? null,
    latency_criterion: criteria.latency,
    cost_criterion: criteria.cost,
    error_rate_criterion: criteria.error_rate,
    accuracy_criterion: criteria.accuracy,
    similarity_criterion: criteria.similarity,
    unjudged_criterion: criteria.unjudged,
  };
}

function distribution(name: string, of: Percentiles | null): Record<string, number | null> {
  return Object.assign(
    { [`${name}_n`]: of?.p50.n ?? 0 },
    ...ranks.map((rank) => interval(`${name}_${rank}`, of?.[rank] ?? null)),
  );
}

function interval(name: string, estimate: Estimate | null): Record<string, number | null> {
  return {
    [name]: estimate?.value ?? null,
    [`${name}_low`]: estimate?.low ?? null,
    [`${name}_high`]: estimate?.high ?? null,
  };
}
