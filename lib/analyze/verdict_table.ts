/** Every verdict with what it was given on: `evaluations/verdicts.parquet`. */

import { dirname } from "node:path";
import type { RequestRecord, Verdict } from "../core/mod.ts";
import { type ColumnSpec, type DataFrame, frameOf } from "./frame.ts";

/** A verdict with its request. */
export interface VerdictRow extends Verdict {
  readonly model_id: string | null;
  readonly question: string | null;
  readonly answer: string | null;
  /** The column of the record: a JSON list of texts, any of which is right. */
  readonly ground_truth: string | null;
  readonly prompt_tokens: number | null;
  /** How a panel came to it: `correct_by_unanimous_decision`, ...; null without a panel. */
  readonly verdict_type: string | null;
}

const text = (doc: string): ColumnSpec => ({ kind: "text", unit: "", doc });
const integer = (doc: string): ColumnSpec => ({ kind: "integer", unit: "", doc });
const float = (doc: string): ColumnSpec => ({ kind: "float", unit: "", doc });

/** The columns of the table, one row a request of the measure phase. */
export const verdictColumns: Readonly<Record<string, ColumnSpec>> = {
  request_id: text("joins with `requests.parquet`"),
  experiment_name: text("`experiments[].name`"),
  model_id: text("model asked for"),
  payload_file: text("which filter of `datasets.filters` the prompt belongs to"),
  payload_id: text("which row of it"),
  concurrency: integer("requests held in flight; null in open loop"),
  prompt_tokens: integer("length of the prompt"),
  question: text("the row's question"),
  answer: text("what the model said"),
  ground_truth: text("JSON list of right answers, any of which is right"),
  verdict: text("`correct`, `incorrect`, `needs_review`, `undecided`, `no_ground_truth` or `failed`"),
  method: text("what decided: a score, or `majority_vote`"),
  verdict_type: text("how the panel came to it; null without a panel"),
  score: float("of the score that decided, from 0 to 1; null: it knows right and wrong only"),
  similarity: float("cosine of answer and nearest right answer; null: not measured"),
  votes_correct: integer("votes for right; null without a panel"),
  votes_incorrect: integer("votes for wrong"),
  votes_missing: integer("judges without a vote: unparsable or failed"),
  votes: text("JSON: the vote of each judge"),
  answer_id: text("the same for the same answer to the same question"),
};

/** The verdicts as a frame with the columns of `verdictColumns`, in their order. */
export function verdictFrame(rows: readonly VerdictRow[]): DataFrame {
  return frameOf(rows.map(flatten), verdictColumns);
}

function flatten({ votes, ...row }: VerdictRow): Record<string, string | number | null> {
  const outcomes = votes === undefined ? null : Object.values(votes);
  const count = (wanted: string) => outcomes?.filter((outcome) => outcome === wanted).length ?? null;
  const [correct, incorrect] = [count("correct"), count("incorrect")];
  return {
    ...row,
    score: row.score ?? null,
    similarity: row.similarity ?? null,
    answer_id: row.answer_id ?? null,
    votes_correct: correct,
    votes_incorrect: incorrect,
    votes_missing: outcomes === null ? null : outcomes.length - correct! - incorrect!,
    votes: votes === undefined ? null : JSON.stringify(votes),
  };
}

/** Writes the table, zstd-compressed; the file takes its name once it is whole. */
export async function writeVerdictTable(path: string, rows: readonly VerdictRow[]): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeFile(`${path}.part`, verdictFrame(rows).writeParquet({ compression: "zstd" }));
  await Deno.rename(`${path}.part`, path);
}

/** The rows of verdicts, joined with the final records of their requests. */
export function verdictRows(
  verdicts: readonly Verdict[],
  records: readonly RequestRecord[],
  typeOf: (verdict: Verdict) => string | null,
): VerdictRow[] {
  const byId = new Map(records.map((record) => [record.request_id, record]));
  return verdicts.map((verdict) => {
    const record = byId.get(verdict.request_id);
    return {
      ...verdict,
      model_id: record?.model_id ?? null,
      question: record?.question ?? null,
      answer: record?.completion ?? null,
      ground_truth: record?.ground_truth ?? null,
      prompt_tokens: record?.prompt_tokens ?? null,
      verdict_type: typeOf(verdict),
    };
  });
}
