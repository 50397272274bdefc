/** Why options were not recommended. */

import {
  type CellSummary,
  escapeMarkdown,
  loadHeading,
  type Recommendation,
  showLoad,
  showNumber,
} from "../core/mod.ts";
import { byPayloadFile, type Column, paragraphs, table } from "./markdown.ts";
import { isLeast, type Standing, standings } from "./nearest_miss.ts";
import { amount, type ReportContext } from "./summary_sentence.ts";

const headings: Record<Standing["criterion"], string> = {
  latency: "p95 latency",
  cost: "Per 10,000",
  error_rate: "Errors",
  accuracy: "Right",
  similarity: "Similarity",
  unjudged: "Without verdict",
};

/**
 * Every option that misses a budget or can't be judged, one table a payload file: each figure beside its budget, misses in
 * bold with how far they are beyond it.
 */
export function failedCriteriaTable(
  recommendations: readonly Recommendation[],
  context: ReportContext,
): string {
  const rejected = recommendations.flatMap((recommendation) => recommendation.rejected);
  if (rejected.length === 0) return "Every option keeps all budgets.";
  const criteria = (Object.keys(headings) as Standing["criterion"][])
    .filter((criterion) => budgetFor(criterion, context) !== null);
  const columns = criteria.map((criterion): Column<CellSummary> => ({
    heading: `${headings[criterion]} (budget ${
      amount(criterion, budgetFor(criterion, context), context.currency)
    })`,
    cell: (cell) =>
      verdict(standings(cell, context.budgets).find((one) => one.criterion === criterion)!, context),
  }));
  return paragraphs(
    byPayloadFile(rejected, (rows) =>
      table(rows, [
        { heading: "Experiment", align: "left", cell: (cell) => escapeMarkdown(cell.experiment_name) },
        { heading: loadHeading(rejected), cell: (cell) => showLoad(cell) },
        ...columns,
      ])),
    "Bold: the budget is missed, with how far the figure is beyond it. An option that can't be judged is not recommended.",
  );
}

function budgetFor(criterion: Standing["criterion"], { budgets }: ReportContext): number | null {
  const values: Record<Standing["criterion"], number | null> = {
    latency: budgets.latency_budget,
    cost: budgets.cost_per_10k_txn_budget,
    error_rate: budgets.error_rate_budget,
    accuracy: budgets.accuracy_budget,
    similarity: budgets.cosine_similarity_budget,
    unjudged: budgets.accuracy_error_rate_budget,
  };
  return values[criterion];
}

function verdict({ criterion, result, value, excess }: Standing, { currency }: ReportContext): string {
  if (result === "unknown") return "**not known**";
  const shown = amount(criterion, value, currency);
  if (result === "pass") return shown;
  const by = excess === null ? "" : ` (${isLeast(criterion) ? "−" : "+"}${showNumber(excess * 100, 2)} %)`;
  return `**${shown}**${by}`;
}
