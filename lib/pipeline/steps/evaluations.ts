/** Step 4: is the answer right? */

import { join } from "node:path";
import {
  type DistinctAnswer,
  escapeMarkdown,
  type RequestRecord,
  showPercent,
  type Verdict,
} from "../../core/mod.ts";
import { payloadsIn } from "../../data/mod.ts";
import {
  countVerdicts,
  distinctAnswers,
  finalVerdicts,
  judge,
  majorityOf,
  type PromptOf,
  readVerdicts,
  writeVerdicts,
} from "../../evaluate/mod.ts";
import { finalAttempts } from "../../metrics/mod.ts";
import type { Run } from "../../run/mod.ts";
import { attempt, count, type StepContext } from "../context.ts";
import { outputOf } from "../sources.ts";
import { table } from "../table.ts";
import { answerSimilarities, embeddingOf } from "./answer_similarity.ts";
import { whatIsLeft } from "./judges.ts";
import { readPanel, withEmbedding, writePanel } from "./panel_file.ts";
import { type PanelVotes, panelVotes } from "./panel_votes.ts";
import { recordsOf } from "./records.ts";
import { writeReviewSheet } from "./review_sheet.ts";

/**
 * Judges every answer of the run, or of the run that stands in for it: by its score, and by the panel and the similarity where the
 * config asks for them. Writes `evaluations/verdicts.jsonl` and what is made from it.
 *
 * @returns a table that accounts for each request
 * @throws {UserError} if a panel or an embedder that the config insists on can't be asked
 */
export function judgeAnswers(step: StepContext): Promise<string> {
  return attempt(step, async () => {
    const { evaluation, load } = step.config;
    const { paths } = step.run;
    await Deno.mkdir(paths.evaluations, { recursive: true });
    const source = await outputOf(step.run, "3_run_inference");
    const records = await finalRecords(source);
    const scored = judge(records, evaluation.score);
    const distinct = distinctAnswers(records, await promptsOf(source, records));
    const answers = [...distinct.answers.values()];
    const panel = await panelVotes(step, answers);
    const similarities = await answerSimilarities(
      step,
      answers,
      whatIsLeft(evaluation.dollars, panel?.judging.cost ?? 0),
    );
    const summary = panel === null ? null : await readPanel(paths);
    if (summary !== null) await writePanel(paths, withEmbedding(summary, await embeddingOf(paths)));
    const verdicts = finalVerdicts(scored, {
      ofRequest: distinct.ofRequest,
      panel,
      similarities,
      thresholds: evaluation.use_quantitative_metrics
        ? {
          correct: evaluation.correct_verdict_cosine_similarity_threshold,
          incorrect: evaluation.incorrect_verdict_cosine_similarity_threshold,
        }
        : null,
    });
    await writeVerdicts(paths.verdicts, verdicts);
    await writeTables(step, { verdicts, records, answers, panel, embedded: similarities !== null });
    const rows = evaluation.review_rows;
    await writeReviewSheet({ paths, answers, verdicts, rows, seed: load.seed });
    count(step, "answers judged", verdicts.length, verdicts.length);
    step.log("info", `${verdicts.length} answers judged`);
    return accountOf(verdicts);
  });
}

/** How each request ended: what the analysis counts is what is judged, also when the load was started more than once. */
async function finalRecords(run: Run): Promise<RequestRecord[]> {
  return finalAttempts(await recordsOf(run));
}

/** The prompts, for rows that have no question; they are read only if there are such rows. */
async function promptsOf(source: Run, records: readonly RequestRecord[]): Promise<PromptOf> {
  const files = new Set(
    records.filter(({ question, completion }) => question === null && completion !== null)
      .map(({ payload_file }) => payload_file ?? ""),
  );
  if (files.size === 0) return () => null;
  const prompts = new Map<string, string>();
  const { paths } = await outputOf(source, "1_generate_data").catch(() => source);
  for (const file of files) {
    const path = join(paths.prompts, file);
    if (!await Deno.stat(path).then(({ isFile }) => isFile, () => false)) continue;
    for await (const { payload_id, prompt } of payloadsIn(path)) {
      prompts.set(`${file}\0${payload_id}`, prompt);
    }
  }
  return (file, id) => prompts.get(`${file}\0${id}`) ?? null;
}

interface Judged {
  readonly verdicts: readonly Verdict[];
  readonly records: readonly RequestRecord[];
  readonly answers: readonly DistinctAnswer[];
  readonly panel: PanelVotes | null;
  readonly embedded: boolean;
}

async function writeTables(step: StepContext, judged: Judged): Promise<void> {
  const { verdicts, records, answers, panel, embedded } = judged;
  const { paths } = step.run;
  // Polars is native code, loaded only when a table is made.
  const { verdictRows, writeEvaluations, writeVerdictTable } = await import("../../analyze/mod.ts");
  const rows = verdictRows(
    verdicts,
    records,
    ({ votes }) =>
      votes === undefined ? null : majorityOf(Object.values(votes), Object.keys(votes).length).verdict_type,
  );
  await writeVerdictTable(paths.verdictTable, rows);
  const summary = panel === null ? null : await readPanel(paths);
  await writeEvaluations(paths.evaluations, {
    rows,
    panel: panel === null || summary === null
      ? null
      : { summary, votes: panel.judging.votes, answers, promptOf: panel.promptOf },
    embedded,
  });
}

function accountOf(verdicts: readonly Verdict[]): string {
  const counted = countVerdicts(verdicts);
  const optional = (["needs_review", "undecided"] as const)
    .filter((name) => counted.some((row) => row[name] > 0));
  const headings = { needs_review: "needs review", undecided: "undecided" };
  return table(
    [
      "experiment",
      "payload file",
      "requests",
      "right",
      "wrong",
      ...optional.map((name) => headings[name]),
      "failed requests",
      "no ground truth",
      "accuracy",
    ],
    counted.map((row) => [
      row.experiment_name,
      row.payload_file,
      row.requests,
      row.correct,
      row.incorrect,
      ...optional.map((name) => row[name]),
      row.failed,
      row.no_ground_truth,
      row.accuracy === null ? null : showPercent(row.accuracy),
    ]),
  );
}

const SAMPLES = 3;

/** A few answers that were counted as wrong, beside the truth. */
export async function sampleVerdicts(step: StepContext): Promise<string> {
  const verdicts = await readVerdicts(step.run.paths.verdicts);
  const wrong = new Map<string, Verdict>();
  for (const verdict of verdicts) if (verdict.verdict === "incorrect") wrong.set(verdict.request_id, verdict);
  if (wrong.size === 0) return "No answer was counted as wrong.";
  const records = (await finalRecords(await outputOf(step.run, "3_run_inference")))
    .filter(({ request_id }) => wrong.has(request_id ?? "")).slice(0, SAMPLES);
  const short = (text: string | null) => escapeMarkdown((text ?? "").slice(0, 300));
  return records.map((record) =>
    [
      `- **question:** ${short(record.question)}`,
      `  **answer** of ${short(record.experiment_name)}: ${short(record.completion)}`,
      `  **truth:** ${short(record.ground_truth)}`,
    ].join("<br>\n")
  ).join("\n");
}
