/** The requests of a run as FMBench lists them. */

import { pl } from "nodejs-polars";
import type { LazyDataFrame } from "nodejs-polars";
import type { Endpoint, RequestRecord } from "../core/mod.ts";
import { finalAttempts } from "../metrics/mod.ts";
import { lazily, type Requests } from "./frame.ts";

/** Rows of the table of requests that a part is made of: with texts of some kilobytes each some hundred megabytes. */
const rowsOfPart = 50_000;

/**
 * The requests of the measure phase by their final attempt, with FMBench's column names and, after them, ours. Times
 * are in seconds; `uuid` is the request's id; `latency` is null unless the request succeeded. The prompt is in
 * `data/prompts/<payload_file>` under `payload_id`. A query for each part of the table, at least one: none of it is read before it is
 * collected or written.
 */
export async function inferenceTable(
  requests: Requests,
  endpoints: readonly Pick<Endpoint, "experiment_name" | "instance_count">[],
): Promise<LazyDataFrame[]> {
  const table = lazily(requests);
  const { len: height } = (await table.select(pl.len()).collect()).toRecords()[0] as { len: number };
  const superseded = await supersededRows(table);
  const instance_count = endpoints.reduce(
    (others, { experiment_name, instance_count }) =>
      pl.when(pl.col("experiment_name").eq(pl.lit(experiment_name))).then(pl.lit(instance_count))
        .otherwise(others),
    pl.lit(1),
  );
  return Array.from({ length: Math.max(1, Math.ceil(height / rowsOfPart)) }, (_, part) => {
    const from = part * rowsOfPart;
    const dropped = superseded.filter((row) => row >= from && row < from + rowsOfPart);
    const measured = table.slice(from, rowsOfPart).withRowIndex("row", from)
      .filter(pl.col("phase").eq(pl.lit("measure")));
    const finals = dropped.length === 0 ? measured : measured.filter(pl.col("row").isIn(dropped).not());
    return finals.withColumns(instance_count.cast(pl.Int64).alias("instance_count")).select(...shown);
  });
}

/** Positions of the attempts of the measure phase that a later one of the same request stands for. Few requests have more than one. */
async function supersededRows(table: LazyDataFrame): Promise<number[]> {
  const measured = table.withRowIndex("row").filter(pl.col("phase").eq(pl.lit("measure")))
    .select("row", "request_id", "attempt", "segment", "sent_at");
  const again = measured.groupBy("request_id").agg(pl.len().alias("attempts"))
    .filter(pl.col("attempts").gt(pl.lit(1)));
  const found = await measured.join(again, { on: "request_id", how: "semi" }).collect();
  const rows = found.toRecords() as unknown as Row[];
  const finals = new Set(finalAttempts(rows));
  return rows.filter((row) => !finals.has(row)).map(({ row }) => row);
}

type Row = Pick<RequestRecord, "request_id" | "attempt" | "segment" | "sent_at"> & { readonly row: number };

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
