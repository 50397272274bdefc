/** The tables of FMBench's layout: a row a request, a row a chunk, and rows of the data set of interest. */

import { pl } from "nodejs-polars";
import type { CellExport, ChunkRecord, EndpointColumns, InferenceRecord } from "./fmbench_layout.ts";
import type { DataFrame } from "./frame.ts";
import { type TableColumn, tableOf } from "./metric_columns.ts";

/** Columns of an inference record around its parameters. */
const recordColumns: readonly TableColumn<InferenceRecord>[] = [
  ["endpoint_name", "text", (r) => r.endpoint_name],
  ["prompt", "text", (r) => r.prompt],
  ["question", "text", (r) => r.question],
  ["ground_truth", "text", (r) => r.ground_truth],
  ["base64_img", "text", (r) => r.base64_img],
  ["payload_file", "text", (r) => r.payload_file],
];
const figureColumns: readonly TableColumn<InferenceRecord>[] = [
  ["completion", "text", (r) => r.completion],
  ["prompt_tokens", "integer", (r) => r.prompt_tokens],
  ["completion_tokens", "integer", (r) => r.completion_tokens],
  ["latency", "float", (r) => r.latency],
  ["time_to_first_token", "float", (r) => r.time_to_first_token],
  ["time_per_output_token", "float", (r) => r.time_per_output_token],
  ["time_to_last_token", "float", (r) => r.time_to_last_token],
  ["uuid", "text", (r) => r.uuid],
  ["experiment_name", "text", (r) => r.experiment_name],
  ["concurrency", "integer", (r) => r.concurrency],
];

/** What is joined to every row. */
function endpointFields<Row>(of: (row: Row) => EndpointColumns): readonly TableColumn<Row>[] {
  return [
    ["instance_type", "text", (row) => of(row).instance_type],
    ["instance_count", "integer", (row) => of(row).instance_count],
    ["EndpointName", "text", (row) => of(row).EndpointName],
    ["ModelName", "text", (row) => of(row).ModelName],
    ["Image", "text", () => null],
    ["S3Uri", "text", () => null],
  ];
}

/**
 * `per_inference_request_results.csv` of one cell.
 *
 * @param parameters names of the inference parameters of all experiments: a column each, so that all cells have the same
 */
export function inferenceFrame({ endpoint, requests }: CellExport, parameters: readonly string[]): DataFrame {
  return tableOf(requests.map(({ record }) => record), [
    ...recordColumns,
    ...parameters.map((name): TableColumn<InferenceRecord> => [name, "text", (row) => asText(row[name])]),
    ...figureColumns,
    ...endpointFields<InferenceRecord>(() => endpoint),
  ]);
}

/** `all_metrics.csv`: a row a chunk; its errors as JSON. */
export function chunkFrame(rows: readonly (ChunkRecord & EndpointColumns)[]): DataFrame {
  return tableOf(rows, [
    ["experiment_name", "text", (r) => r.experiment_name],
    ["concurrency", "integer", (r) => r.concurrency],
    ["payload_file", "text", (r) => r.payload_file],
    ["errors", "text", (r) => JSON.stringify(r.errors)],
    ...chunkFigures.map((
      [name, kind],
    ): TableColumn<ChunkRecord & EndpointColumns> => [name, kind, (r) => r[name]]),
    ...endpointFields<ChunkRecord & EndpointColumns>((row) => row),
  ]);
}

const chunkFigures = [
  ["successes", "integer"],
  ["error_rate", "float"],
  ["all_prompts_token_count", "integer"],
  ["prompt_token_count_mean", "float"],
  ["prompt_token_throughput", "float"],
  ["all_completions_token_count", "integer"],
  ["completion_token_count_mean", "float"],
  ["completion_token_throughput", "float"],
  ["transactions", "integer"],
  ["transactions_per_second", "float"],
  ["transactions_per_minute", "float"],
  ["latency_p50", "float"],
  ["latency_p95", "float"],
  ["latency_p99", "float"],
  ["TTFT_p50", "float"],
  ["TTFT_p99", "float"],
  ["TPOT_p50", "float"],
  ["TPOT_p99", "float"],
] as const;

function asText(value: unknown): string | null {
  return value === undefined || value === null
    ? null
    : typeof value === "string"
    ? value
    : JSON.stringify(value);
}

/** Copies the rows of a table that belong to a payload file, as they stand; the header is always there. */
export async function copyRowsOf(from: string, to: string, payload_file: string): Promise<void> {
  // As texts: nothing is read as a number and written as another one. They were made harmless when they were first written.
  const rows = pl.readCSV(from, { inferSchemaLength: 0 }).filter(
    pl.col("payload_file").eq(pl.lit(payload_file)),
  );
  await Deno.writeFile(to, rows.writeCSV());
}
