/** From request records to verdicts. */

import type { RequestRecord, Verdict } from "../core/mod.ts";
import { isCorrect, type ScoreMethod } from "./score.ts";

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
 * no verdict; one without a ground truth is `no_ground_truth`.
 *
 * @throws {TypeError} If a record of the measure phase lacks what every record has: request, experiment, payload
 */
export function judge(records: Iterable<JudgedRecord>, method: ScoreMethod = "contains"): Verdict[] {
  const last = new Map<string, JudgedRecord>();
  for (const record of records) {
    if (record.phase !== "measure") continue;
    const id = known(record, "request_id");
    const earlier = last.get(id);
    if (earlier === undefined || (record.attempt ?? 1) >= (earlier.attempt ?? 1)) last.set(id, record);
  }
  return [...last.values()].filter(({ status }) => status !== "cancelled").map((record) => ({
    request_id: known(record, "request_id"),
    experiment_name: known(record, "experiment_name"),
    payload_file: known(record, "payload_file"),
    payload_id: known(record, "payload_id"),
    concurrency: record.concurrency,
    method,
    verdict: verdictOf(record, method),
  }));
}

function verdictOf(record: JudgedRecord, method: ScoreMethod): Verdict["verdict"] {
  if (record.status !== "ok") return "failed";
  const groundTruth = readGroundTruth(record.ground_truth);
  if (groundTruth.length === 0) return "no_ground_truth";
  return isCorrect(record.completion ?? "", groundTruth, method) ? "correct" : "incorrect";
}

/** The column is a JSON list of texts; text that is no list is an answer itself. */
function readGroundTruth(column: string | null): string[] {
  if (column === null) return [];
  let value: unknown = column;
  try {
    value = JSON.parse(column);
  } catch {
    // A journal made elsewhere may hold the bare answer.
  }
  const answers = Array.isArray(value) ? value.map(String) : [column];
  return answers.filter((answer) => answer.trim() !== "");
}

function known(
  record: JudgedRecord,
  column: "request_id" | "experiment_name" | "payload_file" | "payload_id",
): string {
  const value = record[column];
  if (value === null) throw new TypeError(`Cannot judge a record without ${column}`);
  return value;
}
