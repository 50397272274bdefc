/** The columns of an answer with its verdict, by FMBench's names where it has them. */

import type { TableColumn } from "./metric_columns.ts";
import type { VerdictRow } from "./verdict_table.ts";

export const answerColumns: readonly TableColumn<VerdictRow>[] = [
  ["candidate_model", "text", (row) => row.model_id],
  ["experiment_name", "text", (row) => row.experiment_name],
  ["payload_file", "text", (row) => row.payload_file],
  ["question", "text", (row) => row.question],
  ["candidate_model_response", "text", (row) => row.answer],
  ["ground_truth", "text", (row) => row.ground_truth],
  ["cosine_similarity_score", "float", (row) => row.similarity ?? null],
  ["verdict", "text", (row) => row.verdict],
  ["verdict_type", "text", (row) => row.verdict_type],
  ["method", "text", (row) => row.method],
  ["score", "float", (row) => row.score ?? null],
  ["concurrency", "integer", (row) => row.concurrency],
  ["request_id", "text", (row) => row.request_id],
  ["answer_id", "text", (row) => row.answer_id ?? null],
];
