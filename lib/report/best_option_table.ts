/** The options to choose from. */

import {
  type CellSummary,
  escapeMarkdown,
  loadHeading,
  type Recommendation,
  sentAtOnce,
  showDuration,
  showLoad,
  showNumber,
  showPercent,
} from "../core/mod.ts";
import { figureWithInterval, fileName, money, table } from "./markdown.ts";
import type { ReportContext } from "./summary_sentence.ts";

interface Line {
  readonly file: string;
  readonly cell: CellSummary | null;
  readonly best: boolean;
}

/** For each payload file the best option in bold, then the best of every other instance type that qualifies, cheapest first. */
export function bestOptionTable(
  recommendations: readonly Recommendation[],
  { currency }: Pick<ReportContext, "currency">,
): string {
  const lines = recommendations.flatMap(({ payload_file, best, best_per_instance_type }): Line[] => {
    if (best === null) return [{ file: fileName(payload_file), cell: null, best: false }];
    const others = best_per_instance_type.filter((cell) => cell.instance_type !== best.instance_type);
    return [best, ...others].map((cell, i) => ({
      file: i === 0 ? fileName(payload_file) : "",
      cell,
      best: i === 0,
    }));
  });
  if (lines.length === 0) return "Nothing was measured.";
  const judged = lines.some(({ cell }) => (cell?.accuracy?.value ?? null) !== null);
  const show = (text: (cell: CellSummary) => string, without = "") => ({ cell, best }: Line) =>
    cell === null ? without : best ? `**${text(cell)}**` : text(cell);
  return table(lines, [
    { heading: "Payload file", align: "left", cell: ({ file }) => file },
    {
      heading: "Option",
      align: "left",
      cell: show((cell) => escapeMarkdown(cell.experiment_name), "none qualifies"),
    },
    { heading: "Instance type", align: "left", cell: show((cell) => escapeMarkdown(cell.instance_type)) },
    { heading: loadHeading(lines.flatMap(({ cell }) => cell ?? [])), cell: show((cell) => showLoad(cell)) },
    { heading: "Per 10,000", cell: show((cell) => money(cell.cost_per_10k_transactions, currency)) },
    {
      heading: sentAtOnce(lines.flatMap(({ cell }) => cell ?? [])) ? "E2E p95" : "Response p95",
      cell: show((cell) => showDuration(cell.response_ms.p95.value)),
    },
    { heading: "Per minute", cell: show((cell) => showNumber(cell.transactions_per_minute)) },
    { heading: "Errors", cell: show((cell) => showPercent(cell.error_rate.value)) },
    ...(judged
      ? [{ heading: "Right (%)", cell: show((cell) => figureWithInterval(cell.accuracy, 0.01)) }]
      : []),
  ]);
}
