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
    ...(accuracy_budget === null ? [] : [{
      heading: `At least ${showPercent(accuracy_budget)}`,
      cell: (row: AccuracyFigure) =>
        row.accuracy.value === null ? "not known" : row.accuracy.value >= accuracy_budget ? "yes" : "**no**",
    }]),
  ]);
  return paragraphs(
    lines,
    "The 95 % interval stands in brackets. Where two intervals overlap widely, this run does not show which one is better.",
    rows.some((row) => row.accuracy.flagged)
      ? `${fewSamples} Few answers were judged: take it as rough.`
      : null,
  );
}
