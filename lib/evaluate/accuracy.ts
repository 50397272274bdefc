/** Verdicts counted: how often each experiment was right. */

import type { Verdict } from "../core/mod.ts";

/** One experiment on one payload file, all concurrency levels together. */
export interface AccuracyRow {
  readonly experiment_name: string;
  readonly payload_file: string;
  /** Requests: the sum of all counts below. */
  readonly requests: number;
  /** Answers with a verdict: `correct` + `incorrect`. Failed requests are errors, not wrong answers. */
  readonly n: number;
  readonly correct: number;
  readonly incorrect: number;
  readonly needs_review: number;
  readonly undecided: number;
  readonly failed: number;
  readonly no_ground_truth: number;
  /** `correct` / `n`; null when nothing was judged. Its interval is Wilson's, over `correct` and `n`. */
  readonly accuracy: number | null;
}

/** Counts verdicts per experiment and payload file, sorted by these. */
export function countVerdicts(verdicts: Iterable<Verdict>): AccuracyRow[] {
  const cells = new Map<string, Verdict[]>();
  for (const verdict of verdicts) {
    const cell = JSON.stringify([verdict.experiment_name, verdict.payload_file]);
    const there = cells.get(cell);
    if (there === undefined) cells.set(cell, [verdict]);
    else there.push(verdict);
  }
  return [...cells.values()].map((cell) => {
    const { experiment_name, payload_file } = cell[0]!;
    const count = (wanted: Verdict["verdict"]) => cell.filter(({ verdict }) => verdict === wanted).length;
    const [correct, incorrect] = [count("correct"), count("incorrect")];
    const n = correct + incorrect;
    return {
      experiment_name,
      payload_file,
      requests: cell.length,
      n,
      correct,
      incorrect,
      needs_review: count("needs_review"),
      undecided: count("undecided"),
      failed: count("failed"),
      no_ground_truth: count("no_ground_truth"),
      accuracy: n === 0 ? null : correct / n,
    };
  }).sort((a, b) =>
    a.experiment_name.localeCompare(b.experiment_name, "en", { numeric: true }) ||
    a.payload_file.localeCompare(b.payload_file, "en", { numeric: true })
  );
}
