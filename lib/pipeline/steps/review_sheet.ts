/** Rows for a person to judge, and the labels that come back: `evaluations/review.csv`. */

import { join } from "node:path";
import { type DistinctAnswer, seededRandom, type Verdict } from "../../core/mod.ts";
import { csvRecords } from "../../data/mod.ts";
import { type HumanLabel, readLabel } from "../../evaluate/mod.ts";
import type { RunPaths } from "../../run/mod.ts";

type Evaluations = Pick<RunPaths, "evaluations">;

/** The sheet that is written. */
export function reviewFile({ evaluations }: Evaluations): string {
  return join(evaluations, "review.csv");
}

/** A file of one's own with labels, which wins over those in the sheet. */
function labelsFile({ evaluations }: Evaluations): string {
  return join(evaluations, "labels.csv");
}

export interface ReviewOptions {
  readonly paths: Evaluations;
  readonly answers: readonly DistinctAnswer[];
  readonly verdicts: readonly Verdict[];
  /** Rows without a label, at most. */
  readonly rows: number;
  readonly seed: number;
}

/**
 * Writes a sample of the distinct answers, each as likely as any other, with what was said of it and an empty `label`. Labels that a
 * person has put into an earlier sheet stay, and so do their rows as long as the run has those answers.
 *
 * @returns how many rows, and how many of them have a label
 */
export async function writeReviewSheet(
  { paths, answers, verdicts, rows, seed }: ReviewOptions,
): Promise<{ readonly rows: number; readonly labelled: number }> {
  const labels = await readLabels(paths);
  const random = seededRandom(seed, ["review"]);
  const drawn = answers.map((answer) => ({ answer, place: random.next() }))
    .toSorted((a, b) => a.place - b.place).map(({ answer }) => answer);
  const labelled = drawn.filter(({ answer_id }) => labels.has(answer_id));
  const open = drawn.filter(({ answer_id }) => !labels.has(answer_id)).slice(0, rows);
  const verdictOf = new Map(verdicts.map((verdict) => [verdict.answer_id, verdict]));
  // Polars is native code, loaded only when a table is made.
  const { tableOf, writeCsv } = await import("../../analyze/mod.ts");
  const frame = tableOf([...labelled, ...open], [
    ["answer_id", "text", ({ answer_id }) => answer_id],
    ["label", "text", ({ answer_id }) => labels.get(answer_id) ?? ""],
    ["question", "text", ({ question }) => question],
    ["ground_truth", "text", ({ ground_truth }) => ground_truth.join("\n")],
    ["answer", "text", ({ answer }) => answer],
    ["verdict", "text", ({ answer_id }) => verdictOf.get(answer_id)?.verdict ?? null],
    ["votes", "text", ({ answer_id }) => votesOf(verdictOf.get(answer_id))],
    ["similarity", "float", ({ answer_id }) => verdictOf.get(answer_id)?.similarity ?? null],
    ["payload_file", "text", ({ payload_file }) => payload_file],
  ]);
  await writeCsv(reviewFile(paths), frame);
  return { rows: labelled.length + open.length, labelled: labelled.length };
}

function votesOf(verdict: Verdict | undefined): string | null {
  const votes = Object.entries(verdict?.votes ?? {});
  return votes.length === 0 ? null : votes.map(([judge, outcome]) => `${judge}: ${outcome}`).join("\n");
}

/**
 * The labels that a person has given, by `answer_id`: of `evaluations/labels.csv` (columns `answer_id` and `label`) where it is,
 * over those of the sheet. Cells that say neither right nor wrong count as empty.
 *
 * @throws {UserError} if a file is no CSV
 */
export async function readLabels(paths: Evaluations): Promise<Map<string, HumanLabel>> {
  const labels = new Map<string, HumanLabel>();
  for (const path of [reviewFile(paths), labelsFile(paths)]) {
    if (!await Deno.stat(path).then(({ isFile }) => isFile, () => false)) continue;
    const file = await Deno.open(path);
    for await (const { value: row } of csvRecords(file.readable, path, ",")) {
      const label = readLabel(String(row["label"] ?? ""));
      if (label !== null) labels.set(String(row["answer_id"] ?? ""), label);
    }
  }
  return labels;
}
