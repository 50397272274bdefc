/** The options to choose from. */

import {
  type CellSummary,
  escapeMarkdown,
  loadHeading,
  type Percentiles,
  type Recommendation,
  showDuration,
  showLoad,
  showNumber,
  showPercent,
} from "../core/mod.ts";
import type { ReportContext } from "./budget_words.ts";
import { basisOf } from "./cost_table.ts";
import { latencyHeading } from "./latency_words.ts";
import { type Column, figureWithInterval, fileName, money, paragraphs, table } from "./markdown.ts";
import { instancesWords } from "./option_words.ts";

/**
 * One table a payload file, in the order given: the best option in bold, then the best of every other model and instance type that
 * qualifies, cheapest first.
 */
export function bestOptionTable(
  recommendations: readonly Recommendation[],
  { currency, budgets }: Pick<ReportContext, "currency" | "budgets">,
): string {
  if (recommendations.length === 0) return "Nothing was measured.";
  const shown = recommendations.flatMap(bestOfEach);
  const judged = shown.some(({ accuracy }) => (accuracy?.value ?? null) !== null);
  const failing = shown.some(({ errors }) => errors > 0);
  return paragraphs(...recommendations.map((recommendation) => {
    const { payload_file, best } = recommendation;
    const heading = `**${fileName(payload_file)}**`;
    if (best === null) return `${heading}: none qualifies.`;
    const column = (heading: string, text: (cell: CellSummary) => string): Column<CellSummary> => ({
      heading,
      cell: (cell) => cell === best ? `**${text(cell)}**` : text(cell),
    });
    return paragraphs(
      heading,
      table(bestOfEach(recommendation), [
        { ...column("Option", optionOf), align: "left" },
        column(loadHeading(shown), showLoad),
        column("Per 10,000", (cell) => money(cell.cost_per_10k_transactions, currency)),
        column(
          latencyHeading(budgets.latency_statistic, shown),
          (cell) => showDuration(cell.latency_ms.value),
        ),
        column("Per minute", (cell) => showNumber(cell.transactions_per_minute)),
        ...(failing ? [column("Errors", (cell) => showPercent(cell.error_rate.value))] : []),
        ...(judged ? [column("Right (%)", (cell) => figureWithInterval(cell.accuracy, 0.01))] : []),
      ]),
    );
  }));
}

/** The first of each model and instance type, in the order of merit. */
function bestOfEach({ qualifying }: Recommendation): CellSummary[] {
  const groups = Map.groupBy(
    qualifying,
    ({ model_id, instance_type, instance_count }) =>
      JSON.stringify([model_id, instance_type, instance_count]),
  );
  return [...groups.values()].map(([first]) => first!);
}

/** `alpha, ml.g5.xlarge`: the name, and what it runs on where that is known. */
function optionOf({ experiment_name, cost_basis, instance_type, instance_count }: CellSummary): string {
  const name = escapeMarkdown(experiment_name);
  return cost_basis === "token" ? name : `${name}, ${instancesWords(instance_type, instance_count)}`;
}

/** Columns of options that fit on a narrow page. */
const shownOptions = 2;

interface Line {
  readonly name: string;
  readonly of: (cell: CellSummary) => string;
}

/**
 * All that is known of the best option for the first payload file, the data set of interest, one line a figure, beside the best one
 * of another model or instance type; empty when none qualifies. Percentiles stand in one line: p50, p95, p99.
 */
export function bestOptionFigures(
  [first]: readonly Recommendation[],
  { currency }: Pick<ReportContext, "currency">,
): string {
  if (first === undefined || first.best === null) return "";
  const options = bestOfEach(first).slice(0, shownOptions);
  const lines = figuresOf(currency).filter(({ of }) => options.some((cell) => of(cell) !== "–"));
  return paragraphs(
    `**${fileName(first.payload_file)}**: the best option${
      options.length === 1 ? "" : ", and the best one of another model or instance type"
    }`,
    table(lines, [
      { heading: "", align: "left", cell: ({ name }) => name },
      ...options.map((cell): Column<Line> => ({
        heading: escapeMarkdown(cell.experiment_name),
        cell: ({ of }) => of(cell),
      })),
    ]),
  );
}

function figuresOf(currency: string): Line[] {
  const three = (unit: (value: number) => string, of: (cell: CellSummary) => Percentiles | null) =>
  (
    cell: CellSummary,
  ) => {
    const values = of(cell);
    if (values === null) return "–";
    return [values.p50, values.p95, values.p99].map(({ value }) => value === null ? "–" : unit(value))
      .join(" · ");
  };
  return [
    { name: "Model", of: ({ model_id }) => escapeMarkdown(model_id) },
    { name: "Paid for", of: basisOf },
    { name: "Load", of: showLoad },
    { name: "Requests", of: ({ requests }) => showNumber(requests, 12) },
    { name: "Prompt tokens, mean", of: (cell) => showNumber(cell.prompt_tokens_mean) },
    { name: "Output tokens, mean", of: (cell) => showNumber(cell.completion_tokens_mean) },
    { name: "Cost of a transaction", of: (cell) => money(cell.cost_per_transaction, currency) },
    { name: "of 10,000", of: (cell) => money(cell.cost_per_10k_transactions, currency) },
    { name: "of a million tokens", of: (cell) => money(cell.cost_per_million_tokens, currency) },
    { name: "Response p50 · p95 · p99", of: three(showDuration, (cell) => cell.response_ms) },
    { name: "TTFT p50 · p95 · p99", of: three(showDuration, (cell) => cell.ttft_ms) },
    { name: "TPOT p50 · p95 · p99", of: three(showDuration, (cell) => cell.tpot_ms) },
    {
      name: "Output tokens/s of a request",
      of: (cell) => showNumber(cell.output_tokens_per_s?.p50.value),
    },
    { name: "Transactions a minute", of: (cell) => showNumber(cell.transactions_per_minute) },
    { name: "Output tokens/s of all", of: (cell) => showNumber(cell.completion_tokens_per_s) },
    { name: "Met the objectives", of: (cell) => showPercent(cell.goodput.share.value) },
    { name: "Errors", of: (cell) => showPercent(cell.error_rate.value) },
    { name: "Right (%)", of: (cell) => figureWithInterval(cell.accuracy, 0.01) },
    { name: "Mean similarity", of: (cell) => figureWithInterval(cell.similarity, 1) },
  ];
}
