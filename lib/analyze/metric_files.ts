/** `metrics/*.csv`: FMBench's file names, its column names and units where it has them, ours after them. */

import { join } from "node:path";
import { recommend } from "../metrics/mod.ts";
import { writeCsv, writeCsvParts } from "./csv.ts";
import type { DataFrame, Requests } from "./frame.ts";
import { inferenceTable } from "./inference_table.ts";
import {
  cellKeys,
  costColumns,
  counts,
  errorRates,
  figures as cellFigures,
  intervals,
  pricing,
  tableOf,
  totals,
} from "./metric_columns.ts";
import type { RunFigures } from "./run_figures.ts";

/**
 * Writes the summaries of a run to `metrics/`. Latencies are in seconds as in FMBench's files; nothing is rounded.
 *
 * | file | a row is |
 * |---|---|
 * | `all_metrics.csv` | a cell, with counts and token sums |
 * | `all_metrics_summary.csv` | a cell, with sample counts and intervals |
 * | `summary_metrics_w_pricing.csv` | a cell, with cost and criteria |
 * | `summary_metrics_for_dataset_best_option.csv` | the best cell of a payload file; none where nothing qualifies |
 * | `summary_metrics_for_dataset_best_option_each_instance_type.csv` | the same for each instance type |
 * | `error_rates.csv` | a cell |
 * | `endpoint_per_instance_per_run_costs.csv` | an experiment |
 * | `experiment_counts.csv` | a cell, with its number of requests |
 */
export async function writeMetrics(run_dir: string, figures: RunFigures): Promise<void> {
  const { cells, costs } = figures;
  const folder = join(run_dir, "metrics");
  await Deno.mkdir(folder, { recursive: true });
  const write = (name: string, frame: DataFrame) => writeCsv(join(folder, name), frame);

  await write("all_metrics.csv", tableOf(cells, [...cellKeys, ...totals(figures.tokens), ...cellFigures]));
  await write("all_metrics_summary.csv", tableOf(cells, [...cellKeys, ...cellFigures, ...intervals]));
  const priced = [...cellKeys, ...cellFigures, ...pricing];
  await write("summary_metrics_w_pricing.csv", tableOf(cells, priced));
  const payloads = [...new Set(cells.map((cell) => cell.payload_file))];
  const answers = payloads.map((payload_file) => recommend(cells, payload_file));
  await write(
    "summary_metrics_for_dataset_best_option.csv",
    tableOf(answers.flatMap(({ best }) => best ?? []), priced),
  );
  await write(
    "summary_metrics_for_dataset_best_option_each_instance_type.csv",
    tableOf(answers.flatMap(({ best_per_instance_type }) => best_per_instance_type), priced),
  );
  await write("error_rates.csv", tableOf(cells, [...cellKeys, ...errorRates]));
  await write("experiment_counts.csv", tableOf(cells, [...cellKeys, ...counts]));
  await write("endpoint_per_instance_per_run_costs.csv", tableOf(costs, costColumns));
}

/** Writes `metrics/per_inference_request_results.csv`: a row is a request of the measure phase, by its final attempt; see `inferenceTable`. */
export async function writeInferences(
  run_dir: string,
  requests: Requests,
  endpoints: Parameters<typeof inferenceTable>[1],
  superseded?: Uint32Array,
): Promise<void> {
  const folder = join(run_dir, "metrics");
  await Deno.mkdir(folder, { recursive: true });
  const parts = await inferenceTable(requests, endpoints, superseded);
  await writeCsvParts(join(folder, "per_inference_request_results.csv"), parts);
}
