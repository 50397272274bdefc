/** What a transaction costs when an instance is not busy all the time. */

import { escapeMarkdown, loadHeading, showLoad, type UtilisationRow, utilisations } from "../core/mod.ts";
import { itemOf } from "./cost_table.ts";
import { byPayloadFile, money, paragraphs, table } from "./markdown.ts";

/** One table a payload file: cost of 10,000 transactions at each utilisation, the least of each column in bold. */
export function utilisationTable(rows: readonly UtilisationRow[], currency: string): string {
  if (rows.length === 0) return "No option with a price keeps all budgets.";
  const tables = byPayloadFile(rows, (own) => {
    const least = utilisations.map((_, i) => Math.min(...own.map((row) => row.cost_per_transaction[i]!)));
    return table(own, [
      { heading: "Experiment", align: "left", cell: ({ cell }) => escapeMarkdown(cell.experiment_name) },
      { heading: "Paid for", align: "left", cell: ({ cell }) => itemOf(cell) },
      { heading: loadHeading(own.map(({ cell }) => cell)), cell: ({ cell }) => showLoad(cell) },
      ...utilisations.map((utilisation, i) => ({
        heading: `10,000 at ${utilisation * 100} %`,
        cell: ({ cost_per_transaction }: UtilisationRow) => {
          const cost = cost_per_transaction[i]!;
          const shown = money(cost * 10_000, currency);
          return cost === least[i] && own.length > 1 ? `**${shown}**` : shown;
        },
      })),
    ]);
  });
  return paragraphs(
    tables,
    "Cost of 10,000 transactions when only that part of the measured throughput is asked for, in bold the least of each " +
      "column. An instance is paid by the hour whether it works or not; tokens are paid when there are some. Each option " +
      "stands at the load at which it costs least of those that keep all budgets.",
  );
}
