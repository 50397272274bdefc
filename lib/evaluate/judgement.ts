/** From request records to verdicts. */

import type { RequestRecord, ScoreOptions, Verdict, VerdictOutcome } from "../core/mod.ts";
import { readGroundTruth } from "./ground_truth.ts";
import { answerScorer } from "./score.ts";
import type { Score } from "./scores/comparison.ts";

/** The columns that judging takes. */
export type JudgedRecord = Pick<
  RequestRecord,
  | "request_id"
  | "attempt"
  | "phase"
  | "status"
  | "experiment_name"
  | "payload_file"
  | "payload_id"
  | "concurrency"
  | "completion"
  | "ground_truth"
>;

/**
 * One verdict for each request of the measure phase, by its last attempt, in the order of the requests' first records.
 * A request that ended in an error is `failed`, whatever its ground truth; one that was cancelled has no outcome and gets
 * no verdict; one with nothing to compare its answer with is `no_ground_truth`; one whose score has no threshold is
 * `undecided`.
 *
 * @throws {TypeError} If a record of the measure phase lacks what every record has: request, experiment, payload
 * @throws {UserError} If the method can't work with the options
 */
export function judge(
  records: Iterable<JudgedRecord>,
  options: ScoreOptions = { method: "auto" },
): Verdict[] {
  const scorer = answerScorer(options);
  const last = new Map<string, JudgedRecord>();
  for (const record of records) {
    if (record.phase !== "measure") continue;
    const id = known(record, "request_id");
    const earlier = last.get(id);
    if (earlier === undefined || (record.attempt ?? 1) >= (earlier.attempt ?? 1)) last.set(id, record);
  }
  return [...last.values()].filter(({ status }) => status !== "cancelled").map((record) => {
    const truths = readGroundTruth(record.ground_truth);
    const score = record.status === "ok" ? scorer.score(record.completion ?? "", truths) : null;
    return {
      request_id: known(record, "request_id"),
      experiment_name: known(record, "experiment_name"),
      payload_file: known(record, "payload_file"),
      payload_id: known(record, "payload_id"),
      concurrency: record.concurrency,
      method: scorer.methodFor(truths),
      verdict: record.status === "ok" ? outcomeOf(score) : "failed",
      ...(score === null || score.value === null ? {} : { score: score.value }),
    };
  });
}

function outcomeOf(score: Score | null): VerdictOutcome {
  if (score === null) return "no_ground_truth";
  if (score.correct === null) return "undecided";
  return score.correct ? "correct" : "incorrect";
}

function known(
  record: JudgedRecord,
  column: "request_id" | "experiment_name" | "payload_file" | "payload_id",
): string {
  const value = record[column];
  if (value === null) throw new TypeError(`Cannot judge a record without ${column}`);
  return value;
}
