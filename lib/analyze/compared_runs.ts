/** The figures of each cell as a comparison of runs takes them: every one with an interval. */

import {
  type CellSummary,
  type ComparedName,
  type Estimate,
  type Percentiles,
  tariffOf,
} from "../core/mod.ts";
import {
  measuredWindows,
  meets,
  rateEstimate,
  seriesMean,
  seriesProportion,
  tokenCost,
} from "../metrics/mod.ts";
import { type Attempt, type Cell, eachCell, known } from "./attempts.ts";
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
export function cellEstimates(requests: Requests, options: SummarizeOptions): CellEstimates[] {
  const summarize = cellSummaries(options);
  return eachCell(requests).map((cell) => {
    const summary = summarize(cell);
    const { experiment_name, payload_file, concurrency, request_rate_rps, accuracy, similarity } = summary;
    const estimates = {
      ...latencies("response", summary.response_ms, known(cell.successes, "response_ms")),
      ...latencies("ttft", summary.ttft_ms, known(cell.successes, "ttft_ms")),
      ...latencies("tpot", summary.tpot_ms, known(cell.successes, "tpot_ms")),
      ...latencies("itl", summary.itl_ms, cell.gaps_ms),
      ...ratesOf(cell, options),
      error_rate: seriesProportion(
        cell.finals.filter(({ status }) => status === "ok" || status === "error")
          .map(({ status }) => status === "error"),
      ),
      accuracy,
      similarity,
    };
    return {
      ...{ experiment_name, payload_file, concurrency, request_rate_rps },
      estimates: {
        ...estimates,
        cost_per_transaction: costOf(cell.successes, summary, estimates.transactions_per_minute, options),
      },
    };
  }).toArray();
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

function ratesOf({ attempts, concurrency }: Cell, { objectives = {} }: SummarizeOptions) {
  const windows = measuredWindows(attempts, concurrency);
  const perMinute = (counted: readonly Attempt[]) => scaled(rateEstimate(windows, counted), 60);
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
  successes: readonly Attempt[],
  summary: CellSummary,
  rate: Estimate | null,
  { prices }: SummarizeOptions,
): Estimate | null {
  const tariff = tariffOf(summary, prices);
  if (tariff === null || summary.cost_per_transaction === null) return null;
  if (tariff.basis === "token") {
    return seriesMean(
      successes.map((success) => tokenCost(success, tariff.price)).filter((cost) => cost !== null),
    );
  }
  if (rate === null || !rate.value) return null;
  const total = summary.cost_per_transaction * rate.value;
  const over = (end: number | null) => end === null || end <= 0 ? null : total / end;
  return { ...rate, value: summary.cost_per_transaction, low: over(rate.high), high: over(rate.low) };
}
