/** How many of the judged answers are right. */

import type { Estimate, Verdict } from "../core/mod.ts";
import { wilson } from "../metrics/mod.ts";
import { byCell, cellKey } from "./attempts.ts";

/** The verdicts of one experiment, payload file and load. */
export interface AccuracyCell {
  readonly experiment_name: string;
  readonly payload_file: string;
  /** null: judged without regard to the load. */
  readonly concurrency: number | null;
  readonly correct: number;
  readonly incorrect: number;
  /** Answers without a ground truth and answers on which the judge failed: in no figure. */
  readonly not_judged: number;
  /** correct / (correct + incorrect), with its interval. */
  readonly accuracy: Estimate;
}

/** Counts verdicts by cell, sorted by experiment, payload file and concurrency. */
export function accuracyCells(verdicts: readonly Verdict[]): AccuracyCell[] {
  const groups = Map.groupBy(verdicts, cellKey);
  return [...groups.values()].map((group) => {
    const { experiment_name, payload_file, concurrency } = group[0]!;
    const count = (verdict: string) => group.filter((one) => one.verdict === verdict).length;
    const correct = count("correct");
    const incorrect = count("incorrect");
    return {
      experiment_name,
      payload_file,
      concurrency,
      correct,
      incorrect,
      not_judged: group.length - correct - incorrect,
      accuracy: wilson(correct, correct + incorrect),
    };
  }).sort(byCell);
}

/**
 * The accuracy that belongs to a cell: of its own load, else of its experiment and payload file whatever the load;
 * null when nothing there was judged.
 */
export function accuracyOf(
  cells: readonly AccuracyCell[],
  of: { experiment_name: string; payload_file: string; concurrency: number | null },
): Estimate | null {
  const candidates = cells.filter((cell) =>
    cell.experiment_name === of.experiment_name && cell.payload_file === of.payload_file &&
    cell.accuracy.n > 0
  );
  const own = candidates.find(({ concurrency }) => concurrency === of.concurrency) ??
    candidates.find(({ concurrency }) => concurrency === null);
  return own?.accuracy ?? null;
}
