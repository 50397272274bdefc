/** The requests of a run as FMBench lists them. */

import { pl } from "nodejs-polars";
import type { CellSummary } from "../core/mod.ts";
import type { Cell } from "./attempts.ts";
import type { DataFrame } from "./frame.ts";

/**
 * The requests of the measure phase by their final attempt, with FMBench's column names and, after them, ours. Times
 * are in seconds; `uuid` is the request's id; `latency` is null unless the request succeeded. The prompt is in
 * `data/prompts/<payload_file>` under `payload_id`.
 */
export function inferenceTable(
  requests: DataFrame,
  measured: readonly Cell[],
  cells: readonly CellSummary[],
): DataFrame {
  const instances = new Map(cells.map((cell) => [cell.experiment_name, cell.instance_count]));
  const countOfRow = new Array<number | null>(requests.height).fill(null);
  for (const { experiment_name, finals } of measured) {
    for (const { row } of finals) countOfRow[row] = instances.get(experiment_name) ?? 1;
  }
  const inSeconds = (column: string, name: string) => pl.col(column).div(pl.lit(1000)).alias(name);
  return requests
    .withColumns(pl.Series("instance_count", countOfRow, pl.Int64))
    .filter(pl.col("instance_count").isNotNull())
    .select(
      pl.col("endpoint_name"),
      pl.col("question"),
      pl.col("ground_truth"),
      pl.col("payload_file"),
      pl.col("completion"),
      pl.col("prompt_tokens"),
      pl.col("completion_tokens"),
      inSeconds("e2e_ms", "latency"),
      inSeconds("ttft_ms", "time_to_first_token"),
      inSeconds("tpot_ms", "time_per_output_token"),
      pl.col("last_token_ms").sub(pl.col("sent_ms")).div(pl.lit(1000)).alias("time_to_last_token"),
      pl.col("request_id").alias("uuid"),
      pl.col("experiment_name"),
      pl.col("concurrency"),
      pl.col("instance_type"),
      pl.col("instance_count"),
      pl.col("endpoint_name").alias("EndpointName"),
      pl.col("model_id").alias("ModelName"),
      pl.col("payload_id"),
      pl.col("max_tokens"),
      pl.col("token_source"),
      pl.col("sent_at"),
      pl.col("attempt"),
      pl.col("status"),
      pl.col("error_kind"),
      pl.col("http_status"),
      pl.col("error_message"),
      pl.col("stop_reason"),
    );
}
