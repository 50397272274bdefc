/** `evaluations/*.csv`: FMBench's file names for what judging gave, and its column names where it has them. */

import { join } from "node:path";
import type { PanelSummary, Vote } from "../core/mod.ts";
import { judgedFigures } from "./accuracy.ts";
import { writeCsv } from "./csv.ts";
import { type TableColumn, tableOf } from "./metric_columns.ts";
import type { VerdictRow } from "./verdict_table.ts";

/** What the files are made from. */
export interface EvaluationFilesInput {
  readonly rows: readonly VerdictRow[];
  /** null: no panel was asked. */
  readonly panel: { readonly summary: PanelSummary; readonly votes: readonly Vote[] } | null;
  /** Whether an embedder measured similarities. */
  readonly embedded: boolean;
}

/**
 * Writes the tables of an evaluation. Accuracies are fractions in percent, as in FMBench's files; nothing is rounded.
 *
 * | file | a row is |
 * |---|---|
 * | `candidate_model_accuracy.csv` | a model |
 * | `majority_vote_accuracy_per_payload_file.csv` | a model and payload file |
 * | `correct_verdict_responses.csv`, `incorrect_verdict_responses.csv` | an answer with that verdict |
 * | `responses_need_further_eval.txt` | an answer without one, as CSV |
 * | `per_inference_quantitative_eval_metrics.csv` | an answer with its similarity; with an embedder |
 * | `raw_llm_as_a_judge_evals.csv` | a vote; this and all below with a panel |
 * | `majority_vote_results_raw.csv` | an answer with its verdict and how the panel came to it |
 * | `per_model_per_eval_judge_accuracy.csv` | a model and judge |
 * | `per_model_accuracy_w_verdict_type.csv` | a model and way to a verdict |
 * | `verdict_type_breakdown_for_correct.csv`, `..._incorrect.csv` | a way to that verdict |
 * | `eval_cost_per_llm_evaluator.csv` | a judge |
 */
export async function writeEvaluations(folder: string, input: EvaluationFilesInput): Promise<void> {
  const { rows, panel, embedded } = input;
  const write = <Row>(name: string, of: readonly Row[], columns: readonly TableColumn<Row>[]) =>
    writeCsv(join(folder, name), tableOf(of, columns));
  const model = (row: VerdictRow) => row.model_id ?? row.experiment_name;

  await write("candidate_model_accuracy.csv", groups(rows, [model]), accuracyColumns(["candidate_model"]));
  await write(
    "majority_vote_accuracy_per_payload_file.csv",
    groups(rows, [model, (row) => row.payload_file]),
    accuracyColumns(["candidate_model", "payload_file"]),
  );
  const having = (...verdicts: VerdictRow["verdict"][]) =>
    rows.filter(({ verdict }) => verdicts.includes(verdict));
  await write("correct_verdict_responses.csv", having("correct"), answerColumns);
  await write("incorrect_verdict_responses.csv", having("incorrect"), answerColumns);
  await write("responses_need_further_eval.txt", having("needs_review", "undecided"), answerColumns);
  if (embedded) {
    const known = rows.filter(({ answer_id }) => answer_id !== undefined);
    await write("per_inference_quantitative_eval_metrics.csv", known, answerColumns);
  }
  if (panel === null) return;

  const { summary, votes } = panel;
  const voted = rows.filter(({ votes }) => votes !== undefined);
  const byAnswer = new Map(voted.map((row) => [row.answer_id, row]));
  await write("majority_vote_results_raw.csv", voted, answerColumns);
  await write("raw_llm_as_a_judge_evals.csv", votes, voteColumns((id) => byAnswer.get(id) ?? null));
  const judged = summary.judges.flatMap(({ judge }) =>
    groups(
      voted.map((row) => ({ ...row, verdict: verdictOf(row.votes?.[judge]) })),
      [model, () => judge],
    )
  );
  await write(
    "per_model_per_eval_judge_accuracy.csv",
    judged,
    accuracyColumns(["candidate_model", "judge_model_id"]),
  );
  await write(
    "per_model_accuracy_w_verdict_type.csv",
    groups(voted, [model, ({ verdict_type }) => verdict_type ?? ""]),
    [
      ["candidate_model", "text", ({ keys }) => keys[0]!],
      ["verdict_type", "text", ({ keys }) => keys[1]!],
      ["count", "integer", ({ rows }) => rows.length],
    ],
  );
  for (const verdict of ["correct", "incorrect"] as const) {
    const types = summary.verdict_types.filter((one) => one.verdict === verdict);
    await write(`verdict_type_breakdown_for_${verdict}.csv`, types, [
      ["verdict_type", "text", ({ verdict_type }) => verdict_type],
      ["count", "integer", ({ count }) => count],
      ["fraction", "float", ({ fraction }) => fraction],
    ]);
  }
  await write("eval_cost_per_llm_evaluator.csv", summary.judges, [
    ["judge_model_id", "text", ({ model_id }) => model_id],
    ["judge", "text", ({ judge }) => judge],
    ["prompt_token_count", "integer", ({ prompt_tokens }) => prompt_tokens],
    ["completion_token_count", "integer", ({ completion_tokens }) => completion_tokens],
    ["cost", "float", ({ cost }) => cost],
    ["calls", "integer", ({ calls }) => calls],
    ["correct", "integer", ({ correct }) => correct],
    ["incorrect", "integer", ({ incorrect }) => incorrect],
    ["unparsable", "integer", ({ unparsable }) => unparsable],
    ["failed", "integer", ({ failed }) => failed],
    ["own_family", "text", ({ own_family }) => own_family.join(", ")],
  ]);
}

interface Group {
  readonly keys: readonly string[];
  readonly rows: readonly VerdictRow[];
}

function groups(rows: readonly VerdictRow[], keys: readonly ((row: VerdictRow) => string)[]): Group[] {
  const found = Map.groupBy(rows, (row) => JSON.stringify(keys.map((key) => key(row))));
  return [...found].map(([key, own]) => ({ keys: JSON.parse(key) as string[], rows: own }))
    .sort((a, b) => a.keys.join("\0").localeCompare(b.keys.join("\0"), "en", { numeric: true }));
}

function accuracyColumns(names: readonly string[]): TableColumn<Group>[] {
  const figures = ({ rows }: Group) => judgedFigures(rows);
  const percent = (value: number | null) => value === null ? null : value * 100;
  return [
    ...names.map((name, i): TableColumn<Group> => [name, "text", ({ keys }) => keys[i]!]),
    ["correct_count", "integer", (group) => figures(group).correct],
    ["incorrect_count", "integer", (group) => figures(group).incorrect],
    ["total", "integer", ({ rows }) => rows.length],
    ["accuracy", "float", (group) => percent(figures(group).accuracy.value)],
    ["accuracy_low", "float", (group) => percent(figures(group).accuracy.low)],
    ["accuracy_high", "float", (group) => percent(figures(group).accuracy.high)],
    ["needs_review_count", "integer", (group) => figures(group).needs_review],
    ["undecided_count", "integer", (group) => figures(group).undecided],
    ["no_ground_truth_count", "integer", (group) => figures(group).no_ground_truth],
    ["failed_count", "integer", (group) => figures(group).failed],
    ["mean_cosine_similarity", "float", (group) => figures(group).similarity.value],
  ];
}

const answerColumns: readonly TableColumn<VerdictRow>[] = [
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

function voteColumns(rowOf: (answer_id: string) => VerdictRow | null): TableColumn<Vote>[] {
  return [
    ["judge_model_id", "text", (vote) => vote.model_id],
    ["judge", "text", (vote) => vote.judge],
    ["verdict", "text", (vote) => vote.outcome],
    ["explanation", "text", (vote) => vote.explanation],
    ["payload_file", "text", (vote) => rowOf(vote.answer_id)?.payload_file ?? null],
    ["question", "text", (vote) => rowOf(vote.answer_id)?.question ?? null],
    ["candidate_model_response", "text", (vote) => rowOf(vote.answer_id)?.answer ?? null],
    ["ground_truth", "text", (vote) => rowOf(vote.answer_id)?.ground_truth ?? null],
    ["prompt_token_count", "integer", (vote) => vote.prompt_tokens],
    ["completion_token_count", "integer", (vote) => vote.completion_tokens],
    ["calls", "integer", (vote) => vote.calls],
    ["error_message", "text", (vote) => vote.error_message],
    ["answer_id", "text", (vote) => vote.answer_id],
  ];
}

/** A missing vote decides nothing. */
function verdictOf(vote: string | undefined): VerdictRow["verdict"] {
  return vote === "correct" || vote === "incorrect" ? vote : "undecided";
}
