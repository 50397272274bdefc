/** Verdicts in groups, and the accuracy of each as columns of a table. */

import { judgedFigures } from "./accuracy.ts";
import type { TableColumn } from "./metric_columns.ts";
import type { VerdictRow } from "./verdict_table.ts";

/** Rows that have the same keys. */
export interface VerdictGroup {
  readonly keys: readonly string[];
  readonly rows: readonly VerdictRow[];
}

/** The model that gave an answer; the experiment where no model is known. */
export function candidateOf({ model_id, experiment_name }: VerdictRow): string {
  return model_id ?? experiment_name;
}

/** Rows by their keys, sorted by those. */
export function groups(
  rows: readonly VerdictRow[],
  keys: readonly ((row: VerdictRow) => string)[],
): VerdictGroup[] {
  const found = Map.groupBy(rows, (row) => JSON.stringify(keys.map((key) => key(row))));
  return [...found].map(([key, own]) => ({ keys: JSON.parse(key) as string[], rows: own }))
    .sort((a, b) => a.keys.join("\0").localeCompare(b.keys.join("\0"), "en", { numeric: true }));
}

/** Columns of the keys, by these names, then of the accuracy in percent with its interval and all counts. */
export function accuracyColumns(names: readonly string[]): TableColumn<VerdictGroup>[] {
  const figures = ({ rows }: VerdictGroup) => judgedFigures(rows);
  return [
    ...names.map((name, i): TableColumn<VerdictGroup> => [name, "text", ({ keys }) => keys[i]!]),
    ["correct_count", "integer", (group) => figures(group).correct],
    ["incorrect_count", "integer", (group) => figures(group).incorrect],
    ["total", "integer", ({ rows }) => rows.length],
    ["accuracy", "float", (group) => percent(figures(group).accuracy.value)],
    ["accuracy_low", "float", (group) => percent(figures(group).accuracy.low)],
    ["accuracy_high", "float", (group) => percent(figures(group).accuracy.high)],
    ["needs_review_count", "integer", (group) => figures(group).needs_review],
    ["undecided_count", "integer", (group) => figures(group).undecided],
    ["no_ground_truth_count", "integer", (group) => figures(group).no_ground_truth],
    ["failed_count", "integer", (group) => figures(group).failed],
    ["mean_cosine_similarity", "float", (group) => figures(group).similarity.value],
  ];
}

/** A fraction in percent, as FMBench's files have it. */
export function percent(value: number | null): number | null {
  return value === null ? null : value * 100;
}
