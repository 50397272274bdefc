/** The requests of a run as FMBench lists them. */

import { pl } from "nodejs-polars";
import type { LazyDataFrame } from "nodejs-polars";
import type { Endpoint } from "../core/mod.ts";
import { lazily, type Requests } from "./frame.ts";
import { supersededRows } from "./superseded_rows.ts";
import { heightOf } from "./table_pieces.ts";

/** Rows of the table of requests that a part is made of: with texts of some kilobytes each some hundred megabytes. */
const rowsOfPart = 50_000;

/**
 * The requests of the measure phase by their final attempt, with FMBench's column names and, after them, ours. Times
 * are in seconds; `uuid` is the request's id; `latency` is null unless the request succeeded. The prompt is in
 * `data/prompts/<payload_file>` under `payload_id`. A query for each part of the table, at least one: none of it is read before it is
 * collected or written.
 *
 * @param superseded `supersededRows` of the table, where they are known already
 */
export async function inferenceTable(
  requests: Requests,
  endpoints: readonly Pick<Endpoint, "experiment_name" | "instance_count">[],
  superseded?: Uint32Array,
): Promise<LazyDataFrame[]> {
  const table = lazily(requests);
  const height = heightOf(requests);
  const left = superseded ?? await supersededRows(requests);
  const instance_count = endpoints.reduce(
    (others, { experiment_name, instance_count }) =>
      pl.when(pl.col("experiment_name").eq(pl.lit(experiment_name))).then(pl.lit(instance_count))
        .otherwise(others),
    pl.lit(1),
  );
  return Array.from({ length: Math.max(1, Math.ceil(height / rowsOfPart)) }, (_, part) => {
    const from = part * rowsOfPart;
    const dropped = [...left.subarray(placeOf(left, from), placeOf(left, from + rowsOfPart))];
    const measured = table.slice(from, rowsOfPart).withRowIndex("row", from)
      .filter(pl.col("phase").eq(pl.lit("measure")));
    const finals = dropped.length === 0 ? measured : measured.filter(pl.col("row").isIn(dropped).not());
    return finals.withColumns(instance_count.cast(pl.Int64).alias("instance_count")).select(...shown);
  });
}

/** Where a row comes among ascending ones. */
function placeOf(rows: Uint32Array, row: number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle]! < row) low = middle + 1;
    else high = middle;
  }
  return low;
}

const inSeconds = (column: string, name: string) => pl.col(column).div(pl.lit(1000)).alias(name);

const shown = [
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
];
