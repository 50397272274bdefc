/** Step 4: is the answer right? */

import { escapeMarkdown, type RequestRecord, showPercent, type Verdict } from "../../core/mod.ts";
import { countVerdicts, judge, readVerdicts, writeVerdicts } from "../../evaluate/mod.ts";
import { finalAttempts } from "../../metrics/mod.ts";
import type { Run } from "../../run/mod.ts";
import { attempt, count, type StepContext } from "../context.ts";
import { outputOf } from "../sources.ts";
import { table } from "../table.ts";
import { recordsOf } from "./records.ts";

/**
 * Judges every answer of the run, or of the run that stands in for it, and writes `evaluations/verdicts.jsonl`.
 *
 * @returns a table that accounts for each request
 */
export function judgeAnswers(step: StepContext): Promise<string> {
  return attempt(step, async () => {
    const records = await finalRecords(await outputOf(step.run, "3_run_inference"));
    const verdicts = judge(records);
    await writeVerdicts(step.run.paths.verdicts, verdicts);
    count(step, "answers judged", verdicts.length, verdicts.length);
    step.log("info", `${verdicts.length} answers judged`);
    const rows = countVerdicts(verdicts).map((row) => [
      row.experiment_name,
      row.payload_file,
      row.n,
      row.correct,
      row.accuracy === null ? null : showPercent(row.accuracy),
      row.failed,
      row.no_ground_truth,
    ]);
    return table(
      ["experiment", "payload file", "judged", "right", "accuracy", "failed requests", "no ground truth"],
      rows,
    );
  });
}

/** How each request ended: what the analysis counts is what is judged, also when the load was started more than once. */
async function finalRecords(run: Run): Promise<RequestRecord[]> {
  return finalAttempts(await recordsOf(run));
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
