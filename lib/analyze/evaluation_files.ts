/** `evaluations/*.csv`: FMBench's file names for what judging gave, and its column names where it has them. */

import { join } from "node:path";
import { accuracyColumns, candidateOf, groups } from "./accuracy_groups.ts";
import { answerColumns } from "./answer_columns.ts";
import { writeCsv } from "./csv.ts";
import { tableOf } from "./metric_columns.ts";
import { type PanelFilesInput, removePanelFiles, writePanelFiles } from "./panel_files.ts";
import type { VerdictRow } from "./verdict_table.ts";

/** What the files are made from. */
export interface EvaluationFilesInput {
  readonly rows: readonly VerdictRow[];
  /** null: no panel was asked. */
  readonly panel: PanelFilesInput | null;
  /** Whether an embedder measured similarities. */
  readonly embedded: boolean;
}

/**
 * Writes the tables of an evaluation into a folder that is there. Accuracies are fractions in percent, as in FMBench's files;
 * nothing is rounded.
 *
 * | file | a row is |
 * |---|---|
 * | `candidate_model_accuracy.csv` | a model |
 * | `majority_vote_accuracy_per_payload_file.csv` | a model and payload file |
 * | `correct_verdict_responses.csv`, `incorrect_verdict_responses.csv` | an answer with that verdict |
 * | `responses_need_further_eval.txt` | an answer without one, as CSV |
 * | `per_inference_quantitative_eval_metrics.csv` | an answer with its similarity; with an embedder |
 *
 * With a panel, `writePanelFiles` writes more; what an earlier panel left is taken away.
 */
export async function writeEvaluations(folder: string, input: EvaluationFilesInput): Promise<void> {
  const { rows, panel, embedded } = input;
  const write = (name: string, of: readonly VerdictRow[]) =>
    writeCsv(join(folder, name), tableOf(of, answerColumns));
  await writeCsv(
    join(folder, "candidate_model_accuracy.csv"),
    tableOf(groups(rows, [candidateOf]), accuracyColumns(["candidate_model"])),
  );
  await writeCsv(
    join(folder, "majority_vote_accuracy_per_payload_file.csv"),
    tableOf(
      groups(rows, [candidateOf, ({ payload_file }) => payload_file]),
      accuracyColumns(["candidate_model", "payload_file"]),
    ),
  );
  const having = (...verdicts: VerdictRow["verdict"][]) =>
    rows.filter(({ verdict }) => verdicts.includes(verdict));
  await write("correct_verdict_responses.csv", having("correct"));
  await write("incorrect_verdict_responses.csv", having("incorrect"));
  await write("responses_need_further_eval.txt", having("needs_review", "undecided"));
  if (embedded) {
    const known = rows.filter(({ answer_id }) => answer_id !== undefined);
    await write("per_inference_quantitative_eval_metrics.csv", known);
  }
  await removePanelFiles(folder);
  if (panel !== null) await writePanelFiles(folder, rows, panel);
}
