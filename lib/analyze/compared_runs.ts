/** The figures of each cell as a comparison of runs takes them: every one with an interval. */

import {
  type CellSummary,
  type ComparedName,
  type Estimate,
  type Percentiles,
  tariffOf,
} from "../core/mod.ts";
import {
  errorRate,
  measuredWindows,
  meets,
  numbersOf,
  rateEstimate,
  seriesMean,
  tokenCost,
} from "../metrics/mod.ts";
import type { AttemptRows } from "./attempt_rows.ts";
import { type Cell, eachCellAhead } from "./attempts.ts";
import { cellSummaries, type SummarizeOptions } from "./cell_summary.ts";
import type { Requests } from "./frame.ts";

/** One cell of a run. */
export interface CellEstimates
  extends Pick<CellSummary, "experiment_name" | "payload_file" | "concurrency" | "request_rate_rps"> {
  /** null: not measured, or not known. */
  readonly estimates: Readonly<Record<ComparedName, Estimate | null>>;
}

/**
 * The cells of a table of attempts with what is compared of them. Percentiles, accuracy and similarity are those of
 * the report; means, rates, error rate and cost get intervals that hold when neighbours resemble each other.
 *
 * @throws {RangeError} if an attempt belongs to no level
 */
export async function cellEstimates(
  requests: Requests,
  options: SummarizeOptions,
): Promise<CellEstimates[]> {
  const summarize = cellSummaries(options);
  const found: CellEstimates[] = [];
  for await (const cell of eachCellAhead(requests)) {
    const summary = summarize(cell);
    const { experiment_name, payload_file, concurrency, request_rate_rps, accuracy, similarity } = summary;
    const estimates = {
      ...latencies("response", summary.response_ms, cell.successes.known("response_ms")),
      ...latencies("ttft", summary.ttft_ms, cell.successes.known("ttft_ms")),
      ...latencies("tpot", summary.tpot_ms, cell.successes.known("tpot_ms")),
      ...latencies("itl", summary.itl_ms, cell.gaps.values()),
      ...ratesOf(cell, options),
      error_rate: errorRate(cell.finals),
      accuracy,
      similarity,
    };
    found.push({
      ...{ experiment_name, payload_file, concurrency, request_rate_rps },
      estimates: {
        ...estimates,
        cost_per_transaction: costOf(cell.successes, summary, estimates.transactions_per_minute, options),
      },
    });
  }
  return found;
}

function latencies<Kind extends "response" | "ttft" | "tpot" | "itl">(
  kind: Kind,
  of: Percentiles | null,
  values: ArrayLike<number>,
) {
  return {
    [`${kind}_p50_ms`]: of?.p50 ?? null,
    [`${kind}_p95_ms`]: of?.p95 ?? null,
    [`${kind}_p99_ms`]: of?.p99 ?? null,
    [`${kind}_mean_ms`]: values.length === 0 ? null : seriesMean(values),
  } as Record<`${Kind}_${"p50" | "p95" | "p99" | "mean"}_ms`, Estimate | null>;
}

function ratesOf({ attempts, sends, concurrency }: Cell, { objectives = {} }: SummarizeOptions) {
  const windows = measuredWindows(attempts, concurrency, sends);
  const perMinute = (counted: AttemptRows) => scaled(rateEstimate(windows, counted), 60);
  return {
    transactions_per_minute: perMinute(attempts),
    goodput_per_minute: perMinute(attempts.filter((attempt) => meets(attempt, objectives))),
  };
}

function scaled(estimate: Estimate | null, factor: number): Estimate | null {
  if (estimate === null) return null;
  const { value, low, high } = estimate;
  const times = (end: number | null) => end === null ? null : end * factor;
  return { ...estimate, value: times(value), low: times(low), high: times(high) };
}

/** By the hour: the price over the throughput, and as uncertain as that. By the token: the mean over the successes. */
function costOf(
  successes: AttemptRows,
  summary: CellSummary,
  rate: Estimate | null,
  { prices }: SummarizeOptions,
): Estimate | null {
  const tariff = tariffOf(summary, prices);
  if (tariff === null || summary.cost_per_transaction === null) return null;
  if (tariff.basis === "token") {
    return seriesMean(numbersOf(successes, (success) => tokenCost(success, tariff.price)));
  }
  if (rate === null || !rate.value) return null;
  const total = summary.cost_per_transaction * rate.value;
  const over = (end: number | null) => end === null || end <= 0 ? null : total / end;
  return { ...rate, value: summary.cost_per_transaction, low: over(rate.high), high: over(rate.low) };
}
