/** Why options were not recommended. */

import {
  type CellSummary,
  escapeMarkdown,
  loadHeading,
  type Recommendation,
  showLoad,
  showNumber,
} from "../core/mod.ts";
import { amount, type ReportContext } from "./budget_words.ts";
import { byPayloadFile, type Column, paragraphs, table } from "./markdown.ts";
import { isLeast, type Standing, standings } from "./nearest_miss.ts";

/** Stands behind a miss whose interval reaches the budget. */
const unsure = "~";

/**
 * Every option that misses a budget or can't be judged, one table a payload file: each figure under its budget, misses in
 * bold with how far they are beyond it. Budgets that all of them keep have no column.
 */
export function failedCriteriaTable(
  recommendations: readonly Recommendation[],
  context: ReportContext,
): string {
  const rejected = recommendations.flatMap((recommendation) => recommendation.rejected);
  if (rejected.length === 0) return "Every option keeps all budgets.";
  const all = rejected.flatMap((cell) => standings(cell, context.budgets));
  const missed = new Set(all.filter(({ result }) => result !== "pass").map(({ criterion }) => criterion));
  const columns = all.slice(0, Object.keys(rejected[0]!.criteria).length)
    .filter(({ criterion }) => missed.has(criterion))
    .map(({ criterion, budget }): Column<CellSummary> => ({
      heading: `${headingOf(criterion, context)} ${isLeast(criterion) ? "≥" : "≤"} ${
        amount(criterion, budget, context.currency)
      }`,
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
    all.some(({ result, open }) => result === "fail" && open)
      ? `${unsure} Not for certain: the 95 % interval reaches the budget.`
      : null,
  );
}

function headingOf(criterion: Standing["criterion"], { budgets }: ReportContext): string {
  const headings: Record<Standing["criterion"], string> = {
    latency: `Latency ${budgets.latency_statistic}`,
    cost: "Per 10,000",
    error_rate: "Errors",
    accuracy: "Right",
    similarity: "Similarity",
    unjudged: "Without verdict",
  };
  return headings[criterion];
}

function verdict({ criterion, result, value, excess, open }: Standing, { currency }: ReportContext): string {
  if (result === "unknown") return "**not known**";
  const shown = amount(criterion, value, currency);
  if (result === "pass") return shown;
  const by = excess === null ? "" : ` (${isLeast(criterion) ? "−" : "+"}${showNumber(excess * 100, 2)} %)`;
  return `**${shown}**${by}${open ? unsure : ""}`;
}
