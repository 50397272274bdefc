/** How often answers were right. */

import { escapeMarkdown, type Estimate, showNumber, showPercent } from "../core/mod.ts";
import { fewSamples, figureWithInterval, fileName, paragraphs, table } from "./markdown.ts";

/** Accuracy of an experiment. */
export interface AccuracyFigure {
  readonly experiment_name: string;
  /** null: over all payload files. */
  readonly payload_file: string | null;
  /** Fraction of right answers; n counts the judged answers. */
  readonly accuracy: Estimate;
  /** Answers without a verdict among those with a ground truth; absent: not known. */
  readonly unjudged?: Estimate;
  /** Mean cosine of answer and nearest right answer; absent or without a value: not measured. */
  readonly similarity?: Estimate;
}

/** One line an experiment and payload file: right answers in percent with the 95 % interval, and whether that is enough. */
export function accuracyTable(rows: readonly AccuracyFigure[], accuracy_budget: number | null): string {
  if (rows.every((row) => row.accuracy.value === null)) return "No answer was judged.";
  const lines = table(rows, [
    { heading: "Experiment", align: "left", cell: (row) => escapeMarkdown(row.experiment_name) },
    {
      heading: "Payload file",
      align: "left",
      cell: (row) => row.payload_file === null ? "all" : fileName(row.payload_file),
    },
    { heading: "Judged", cell: (row) => showNumber(row.accuracy.n, 12) },
    { heading: "Right (%)", cell: (row) => figureWithInterval(row.accuracy, 0.01) },
    ...(rows.every(({ unjudged }) => !unjudged?.value) ? [] : [{
      heading: "Without verdict (%)",
      cell: (row: AccuracyFigure) =>
        row.unjudged === undefined ? "not known" : figureWithInterval(row.unjudged, 0.01),
    }]),
    ...(rows.every(({ similarity }) => (similarity?.value ?? null) === null) ? [] : [{
      heading: "Mean similarity",
      cell: (row: AccuracyFigure) =>
        row.similarity === undefined ? "not known" : figureWithInterval(row.similarity, 1),
    }]),
    ...(accuracy_budget === null ? [] : [{
      heading: `At least ${showPercent(accuracy_budget)}`,
      cell: (row: AccuracyFigure) =>
        row.accuracy.value === null ? "not known" : row.accuracy.value >= accuracy_budget ? "yes" : "**no**",
    }]),
  ]);
  return paragraphs(
    lines,
    rows.every(({ unjudged }) => !unjudged?.value)
      ? null
      : "Answers without a verdict (undecided, or in need of a review) are in no accuracy: the true one may be higher or lower by as much.",
    "The 95 % interval stands in brackets. Where two intervals overlap widely, this run does not show which one is better.",
    rows.some((row) => row.accuracy.flagged)
      ? `${fewSamples} Few answers were judged: take it as rough.`
      : null,
  );
}
