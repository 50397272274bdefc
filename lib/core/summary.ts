/** What the analysis says of one cell (experiment x payload file x load). Plain rows: tables, charts and the verdict share them. */

/** A 95 % interval. */
export interface Ends {
  /** null: open. */
  readonly low: number | null;
  /** null: open. */
  readonly high: number | null;
}

/** A value with its 95 % interval. */
export interface Interval extends Ends {
  readonly value: number;
}

/** A figure with the number of samples behind it and its 95 % interval. */
export interface Estimate {
  /** null: hidden, there are too few samples for it (n < 1/(1-p) for a percentile). */
  readonly value: number | null;
  /** Lower end of the interval; null: open. */
  readonly low: number | null;
  /** Upper end of the interval; null: open. */
  readonly high: number | null;
  readonly n: number;
  /** Shown with a mark: fewer samples than it takes to trust it (n < 5/(1-p) for a percentile). */
  readonly flagged: boolean;
}

export interface Percentiles {
  readonly p50: Estimate;
  readonly p90: Estimate;
  readonly p95: Estimate;
  readonly p99: Estimate;
}

/** Whether a budget is kept; `unknown`: the figure it is compared with is not known. */
export type Criterion = "pass" | "fail" | "unknown";

export interface Criteria {
  /** `report.latency_statistic` of the response time within `report.latency_budget`. */
  readonly latency: Criterion;
  /** Cost of 10,000 transactions within `report.cost_per_10k_txn_budget`; `pass` when there is no such budget. */
  readonly cost: Criterion;
  /** Error rate within `report.error_rate_budget`. */
  readonly error_rate: Criterion;
  /** Accuracy at least `report.accuracy_budget`; `pass` when there is no such budget. */
  readonly accuracy: Criterion;
  /** Mean similarity at least `report.cosine_similarity_budget`; `pass` when there is no such budget. */
  readonly similarity: Criterion;
  /** Answers without a verdict at most `report.accuracy_error_rate_budget`; `pass` when there is no such budget. */
  readonly unjudged: Criterion;
}

/** Successes that met every objective. */
export interface GoodputSummary {
  /** For each minute of the measured window; null without a window. */
  readonly per_minute: number | null;
  /** As a fraction of the finished requests of the measure phase. */
  readonly share: Estimate;
}

/** Whether a level ran evenly, so that one figure can speak for all of it. */
export interface Steadiness {
  /** Whether the response times of the measure phase stayed level; null: too few requests to say. */
  readonly steady: boolean | null;
  /** Requests at the start of the measure phase that a cut of the warm-up would still take away. */
  readonly warm_up_left: number | null;
  /** Change of the response time over the measure phase, relative to its mean; null: too few requests to say. */
  readonly drift: number | null;
  /** Throughput x mean response time / mean of the requests in flight: 1 by Little's law. null: not known. */
  readonly littles_law: number | null;
  /** Successes with a gap between chunks that counts as a stall. */
  readonly stalled: number;
  /** Open loop: more came in than got through, so that the queue grew. null in closed loop, and when it can't be said. */
  readonly saturated: boolean | null;
}

export interface CellSummary {
  readonly experiment_name: string;
  readonly model_id: string;
  readonly instance_type: string;
  readonly instance_count: number;
  readonly payload_file: string;
  /** Requests held in flight; null in open loop. */
  readonly concurrency: number | null;
  /** Arrivals per second asked for; null in closed loop. */
  readonly request_rate_rps: number | null;
  readonly simulated: boolean;

  /** Requests of the measure phase by final outcome. */
  readonly requests: number;
  readonly ok: number;
  readonly errors: number;
  readonly cancelled: number;
  readonly error_rate: Estimate;

  readonly prompt_tokens_mean: number | null;
  readonly completion_tokens_mean: number | null;
  /** `server`, `tokenizer`, `estimate`, or `mixed`. */
  readonly token_source: string | null;
  /** Fraction of the successes whose prompt had been sent before in their level: it may hit a prompt cache. null: not known. */
  readonly repeated_share: number | null;

  /** Milliseconds, pooled over the successful requests of the cell. */
  readonly e2e_ms: Percentiles;
  /** From the due time, or the first send in closed loop, to the end: waits and retries included. Budgets are held to it. */
  readonly response_ms: Percentiles;
  readonly response_mean_ms: Estimate;
  /** What the latency budget judges: the statistic of the response time that `report.latency_statistic` names, in milliseconds. */
  readonly latency_ms: Estimate;
  /** null when nothing was streamed. */
  readonly ttft_ms: Percentiles | null;
  readonly tpot_ms: Percentiles | null;
  /** Pooled over all gaps of all requests. */
  readonly itl_ms: Percentiles | null;
  /** Output tokens per second of one request. */
  readonly output_tokens_per_s: Percentiles | null;

  /** Length of the measured window in seconds. */
  readonly window_s: number | null;
  readonly transactions_per_minute: number | null;
  /** Completion tokens of all successes per second of the window. */
  readonly completion_tokens_per_s: number | null;

  readonly goodput: GoodputSummary;
  readonly steadiness: Steadiness;

  /** Who is paid: the instance by the hour, or the tokens; null without a price. */
  readonly cost_basis: "instance" | "token" | null;
  readonly cost_per_transaction: number | null;
  /** Of the cost of a transaction, as far as its throughput is uncertain; null without a price. */
  readonly cost_interval: Ends | null;
  readonly cost_per_10k_transactions: number | null;
  /** Of prompt and completion tokens of the successes together. */
  readonly cost_per_million_tokens: number | null;
  /** The same cost shared among the tokens of those requests that met the objectives. */
  readonly cost_per_million_good_tokens: number | null;

  /** Fraction of the judged answers that are right; null when not judged. */
  readonly accuracy: Estimate | null;
  /** Mean cosine of an answer and the nearest right one, from -1 to 1; null when not measured. */
  readonly similarity: Estimate | null;
  /** Fraction of the answers with a ground truth that got no verdict (undecided, needs review); null when not judged. */
  readonly unjudged: Estimate | null;
  readonly criteria: Criteria;
}

/** Whether answers came, and all of them in one piece: then nobody knows when they began. */
export function isUnstreamed({ ok, ttft_ms }: Pick<CellSummary, "ok" | "ttft_ms">): boolean {
  return ok > 0 && ttft_ms === null;
}

/** The answer to the business question for one payload file. */
export interface Recommendation {
  readonly payload_file: string;
  /** The cheapest cell that meets every criterion; without prices latency and accuracy decide; null: none qualifies. */
  readonly best: CellSummary | null;
  /** All cells that meet every criterion, best first. */
  readonly qualifying: readonly CellSummary[];
  /** Qualifying cells that the intervals do not show to be worse than the best one, in cost, latency or accuracy. */
  readonly indistinct: readonly CellSummary[];
  /** Cells of which none is cheaper, faster and more often right at once: the Pareto front of cost, latency and accuracy. */
  readonly front: readonly CellSummary[];
  /** The cheapest qualifying cell of each instance type. */
  readonly best_per_instance_type: readonly CellSummary[];
  /** Cells that fail or can't be judged, with their criteria. */
  readonly rejected: readonly CellSummary[];
}

/** What an experiment of this run cost. */
export interface ExperimentCost {
  readonly experiment_name: string;
  readonly instance_type: string;
  readonly instance_count: number;
  readonly basis: "instance" | "token" | null;
  /** Wall time of its levels. */
  readonly duration_s: number;
  readonly requests: number;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  /** null without a price. */
  readonly cost: number | null;
}

/**
 * Whether the latencies of cells are the same with waits and retries as without: every request was sent as soon as it was
 * due, and once. Then they are called E2E latencies, else response times.
 */
export function sentAtOnce(
  cells: readonly Pick<CellSummary, "concurrency" | "e2e_ms" | "response_ms">[],
): boolean {
  return cells.every(({ concurrency, e2e_ms, response_ms }) =>
    concurrency !== null && e2e_ms.p95.value === response_ms.p95.value
  );
}
