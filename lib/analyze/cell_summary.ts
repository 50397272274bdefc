/** The figures of each cell (experiment x payload file x load). */

import { pl } from "nodejs-polars";
import type { Budgets, CellSummary, Endpoint, Percentiles, Prices, Verdict } from "../core/mod.ts";
import {
  countOutcomes,
  errorRate,
  instanceCostPerTransaction,
  judgeCell,
  mean,
  percentiles,
  tariffOf,
  throughput,
  tokenCostPerTransaction,
} from "../metrics/mod.ts";
import { accuracyCells, judgedFiguresOf } from "./accuracy.ts";
import { attemptsOf, type Cell, cellsOf, known } from "./attempts.ts";
import type { DataFrame } from "./frame.ts";

export interface SummarizeOptions {
  /** What answered: gives model, instance type and count of each experiment. */
  readonly endpoints: readonly Endpoint[];
  readonly prices: Prices;
  readonly budgets: Budgets;
  /** Judged answers. @default none: accuracy is not known */
  readonly accuracy?: readonly Verdict[];
}

/**
 * Summarises a frame of attempts (as `openRequests` gives it, or a part of its rows) by experiment, payload file and
 * load (concurrency, or rate in open loop), sorted by these.
 *
 * Only the measure phase counts, a request by its final attempt; percentiles are pooled over all successes of a cell,
 * ITL over all gaps of all successes. A cell of which nothing was measured is there with every figure unknown.
 *
 * @throws {RangeError} if an attempt belongs to no level
 */
export function summarize(requests: DataFrame, options: SummarizeOptions): CellSummary[] {
  if (requests.height === 0) return [];
  const cells = cellsOf(attemptsOf(requests));
  const gaps = gapsByCell(requests, cells);
  const judged = accuracyCells(options.accuracy ?? []);
  return cells.map((cell, i) => {
    const figures = { ...describe(cell, options.endpoints), ...measure(cell, gaps[i]!) };
    const priced = { ...figures, ...price(cell, figures, options.prices) };
    const known = { ...priced, ...judgedFiguresOf(judged, cell) };
    return { ...known, criteria: judgeCell(known, options.budgets) };
  });
}

/** What the cell is of. An experiment without an endpoint entry is described by its records, as one instance. */
function describe(cell: Cell, endpoints: readonly Endpoint[]) {
  const { experiment_name, payload_file, concurrency, request_rate_rps } = cell;
  const endpoint = endpoints.find((one) => one.experiment_name === experiment_name);
  const record = cell.attempts[0]!;
  return {
    experiment_name,
    model_id: endpoint?.model_id ?? record.model_id ?? "",
    instance_type: endpoint?.instance_type ?? record.instance_type ?? "",
    instance_count: endpoint?.instance_count ?? 1,
    payload_file,
    concurrency,
    request_rate_rps,
    simulated: endpoint?.simulated ?? false,
  };
}

function measure({ attempts, finals, successes, concurrency }: Cell, gaps_ms: Float64Array) {
  const outcomes = countOutcomes(finals);
  const sources = new Set(known(successes, "token_source"));
  const uses = known(successes, "prompt_use");
  return {
    ...outcomes,
    error_rate: errorRate(outcomes),
    prompt_tokens_mean: mean(known(successes, "prompt_tokens")),
    completion_tokens_mean: mean(known(successes, "completion_tokens")),
    token_source: sources.size > 1 ? "mixed" : [...sources][0] ?? null,
    repeated_share: uses.length === 0 ? null : uses.filter((use) => use > 1).length / uses.length,
    e2e_ms: percentiles(known(successes, "e2e_ms")),
    response_ms: percentiles(known(successes, "response_ms")),
    ttft_ms: percentilesOrNull(known(successes, "ttft_ms")),
    tpot_ms: percentilesOrNull(known(successes, "tpot_ms")),
    itl_ms: percentilesOrNull(gaps_ms),
    output_tokens_per_s: percentilesOrNull(known(successes, "output_tokens_per_s")),
    ...throughput(attempts, concurrency),
  };
}

function percentilesOrNull(values: ArrayLike<number>): Percentiles | null {
  return values.length === 0 ? null : percentiles(values);
}

function price(
  { successes }: Cell,
  of: Pick<CellSummary, "instance_type" | "model_id" | "instance_count" | "transactions_per_minute">,
  prices: Prices,
) {
  const tariff = tariffOf(of, prices);
  const cost_per_transaction = tariff === null
    ? null
    : tariff.basis === "instance"
    ? instanceCostPerTransaction(tariff.hourly, of.instance_count, of.transactions_per_minute)
    : tokenCostPerTransaction(successes, tariff.price);
  return {
    cost_basis: tariff?.basis ?? null,
    cost_per_transaction,
    cost_per_10k_transactions: cost_per_transaction === null ? null : cost_per_transaction * 10_000,
  };
}

/** Milliseconds of all gaps of the successes of each cell. They stay in Polars until they are numbers in one array. */
function gapsByCell(requests: DataFrame, cells: readonly Cell[]): Float64Array[] {
  const cellOfRow = new Array<number>(requests.height).fill(-1);
  for (const [i, { successes }] of cells.entries()) {
    for (const { row } of successes) cellOfRow[row] = i;
  }
  const gaps = requests
    .select("itl_us")
    .withColumns(pl.Series("cell", cellOfRow, pl.Int64))
    .filter(pl.col("cell").gtEq(pl.lit(0)).and(pl.col("itl_us").isNotNull()))
    .explode("itl_us")
    .select(pl.col("cell"), pl.col("itl_us").cast(pl.Float64).div(pl.lit(1000)).alias("gap_ms"))
    .dropNulls();
  const arrays = cells.map(() => new Float64Array());
  for (const part of gaps.partitionBy("cell")) {
    const [cell] = part.getColumn("cell").slice(0, 1).toArray() as number[];
    arrays[cell!] = part.getColumn("gap_ms").toTypedArray() as Float64Array<ArrayBuffer>;
  }
  return arrays;
}
