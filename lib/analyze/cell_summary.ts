/** The figures of each cell (experiment x payload file x load). */

import {
  type Budgets,
  type CellSummary,
  type Endpoint,
  type Estimate,
  type LatencyStatistic,
  type Objectives,
  type Percentiles,
  type Prices,
  tariffOf,
  type Verdict,
} from "../core/mod.ts";
import {
  costInterval,
  costPerMillionGoodTokens,
  costPerMillionTokens,
  countOutcomes,
  errorRate,
  goodput,
  goodTokenShare,
  instanceCostPerTransaction,
  judgeCell,
  mean,
  measuredWindows,
  percentiles,
  seriesMean,
  steadiness,
  throughput,
  tokenCostPerTransaction,
} from "../metrics/mod.ts";
import { accuracyCells, judgedFiguresOf } from "./accuracy.ts";
import { type Cell, eachCell, release } from "./attempts.ts";
import type { NumberColumn } from "./attempt_columns.ts";
import type { AttemptRows } from "./attempt_rows.ts";
import type { Requests } from "./frame.ts";

export interface SummarizeOptions {
  /** What answered: gives model, instance type and count of each experiment. */
  readonly endpoints: readonly Endpoint[];
  readonly prices: Prices;
  readonly budgets: Budgets;
  /** What a request must keep to count as good. @default nothing: every success is good */
  readonly objectives?: Objectives;
  /** Judged answers. @default none: accuracy is not known */
  readonly accuracy?: readonly Verdict[];
}

/**
 * Summarises a table of attempts (as `openRequests` gives it, or a part of its rows) by experiment, payload file and
 * load (concurrency, or rate in open loop), sorted by these.
 *
 * Only the measure phase counts, a request by its final attempt; percentiles are pooled over all successes of a cell,
 * ITL over all gaps of all successes. A cell of which nothing was measured is there with every figure unknown.
 *
 * @throws {RangeError} if an attempt belongs to no level
 */
export function summarize(requests: Requests, options: SummarizeOptions): CellSummary[] {
  const next = cellSummaries(options);
  return eachCell(requests).map((cell) => next(cell)).toArray();
}

/** Summarises cells one by one. */
export function cellSummaries(options: SummarizeOptions): (cell: Cell) => CellSummary {
  const judged = accuracyCells(options.accuracy ?? []);
  return (cell) => {
    const figures = { ...describe(cell, options.endpoints), ...measure(cell, options) };
    const priced = { ...figures, ...price(cell, figures, options) };
    const cost_interval = costInterval(priced);
    const known = { ...priced, cost_interval, ...judgedFiguresOf(judged, cell) };
    return { ...known, criteria: judgeCell(known, options.budgets) };
  };
}

/** What the cell is of. An experiment without an endpoint entry is described by its records, as one instance. */
function describe(cell: Cell, endpoints: readonly Endpoint[]) {
  const { experiment_name, payload_file, concurrency, request_rate_rps } = cell;
  const endpoint = endpoints.find((one) => one.experiment_name === experiment_name);
  return {
    experiment_name,
    model_id: endpoint?.model_id ?? cell.model_id ?? "",
    instance_type: endpoint?.instance_type ?? cell.instance_type ?? "",
    instance_count: endpoint?.instance_count ?? 1,
    payload_file,
    concurrency,
    request_rate_rps,
    simulated: endpoint?.simulated ?? false,
  };
}

function measure(
  { attempts, finals, successes, sends, gaps, concurrency }: Cell,
  { budgets, objectives = {} }: SummarizeOptions,
) {
  const outcomes = countOutcomes(finals);
  const sources = successes.labels("token_source");
  const response_ms = percentiles(taken(successes, "response_ms"));
  const response_mean_ms = seriesMean(taken(successes, "response_ms"));
  const level = { windows: measuredWindows(attempts, concurrency, sends), finals };
  const through = throughput(attempts, concurrency, level.windows);
  const good = goodput(attempts, concurrency, objectives, level);
  release(attempts.columns);
  const steady = steadiness(attempts, concurrency, level);
  release(attempts.columns);
  return {
    ...outcomes,
    error_rate: errorRate(finals),
    prompt_tokens_mean: mean(taken(successes, "prompt_tokens")),
    completion_tokens_mean: mean(taken(successes, "completion_tokens")),
    token_source: sources.size > 1 ? "mixed" : [...sources][0] ?? null,
    repeated_share: repeatedShare(taken(successes, "prompt_use")),
    e2e_ms: percentiles(taken(successes, "e2e_ms")),
    response_ms,
    response_mean_ms,
    latency_ms: judgedLatency(budgets.latency_statistic, response_ms, response_mean_ms),
    ttft_ms: percentilesOrNull(successes, "ttft_ms"),
    tpot_ms: percentilesOrNull(successes, "tpot_ms"),
    itl_ms: gaps.percentiles(),
    output_tokens_per_s: percentilesOrNull(successes, "output_tokens_per_s"),
    ...through,
    goodput: { per_minute: good.per_s === null ? null : good.per_s * 60, share: good.share },
    steadiness: steady,
  };
}

function judgedLatency(statistic: LatencyStatistic, of: Percentiles, mean: Estimate): Estimate {
  return statistic === "mean" ? mean : of[statistic];
}

/** The values of a column that are known; the column itself is let go. */
function taken(successes: AttemptRows, name: NumberColumn): Float64Array {
  const values = successes.known(name);
  release(successes.columns);
  return values;
}

function percentilesOrNull(successes: AttemptRows, name: NumberColumn): Percentiles | null {
  const values = taken(successes, name);
  return values.length === 0 ? null : percentiles(values);
}

/** Of the uses of prompts, those that are not the first; null when none is known. */
function repeatedShare(uses: Float64Array): number | null {
  return uses.length === 0 ? null : uses.filter((use) => use > 1).length / uses.length;
}

function price(
  { successes }: Cell,
  of: Pick<
    CellSummary,
    "experiment_name" | "instance_type" | "model_id" | "instance_count" | "transactions_per_minute"
  >,
  { prices, objectives = {} }: SummarizeOptions,
) {
  const tariff = tariffOf(of, prices);
  const cost_per_transaction = tariff === null
    ? null
    : tariff.basis === "instance"
    ? instanceCostPerTransaction(tariff.hourly, of.instance_count, of.transactions_per_minute)
    : tokenCostPerTransaction(successes, tariff.price);
  const cost_per_million_tokens = costPerMillionTokens(cost_per_transaction, successes);
  return {
    cost_basis: tariff?.basis ?? null,
    cost_per_transaction,
    cost_per_10k_transactions: cost_per_transaction === null ? null : cost_per_transaction * 10_000,
    cost_per_million_tokens,
    cost_per_million_good_tokens: costPerMillionGoodTokens(
      cost_per_million_tokens,
      goodTokenShare(successes, objectives),
    ),
  };
}
