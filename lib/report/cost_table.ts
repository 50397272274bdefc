/** What a transaction costs. */

import {
  type CellSummary,
  escapeMarkdown,
  loadHeading,
  type PriceMeta,
  showLoad,
  showNumber,
} from "../core/mod.ts";
import { byPayloadFile, money, paragraphs, table } from "./markdown.ts";

/** One table a payload file: cost of one and of 10,000 transactions, what is paid for, and whose prices these are. */
export function costTable(cells: readonly CellSummary[], prices: PriceMeta): string {
  if (cells.length === 0) return "No request was measured.";
  const tables = byPayloadFile(cells, (rows) =>
    table(rows, [
      { heading: "Experiment", align: "left", cell: (cell) => escapeMarkdown(cell.experiment_name) },
      { heading: "Paid for", align: "left", cell: basisOf },
      { heading: loadHeading(cells), cell: (cell) => showLoad(cell) },
      { heading: "Per minute", cell: (cell) => showNumber(cell.transactions_per_minute) },
      { heading: "Per transaction", cell: (cell) => money(cell.cost_per_transaction, prices.currency) },
      { heading: "Per 10,000", cell: (cell) => money(cell.cost_per_10k_transactions, prices.currency) },
    ]));
  return paragraphs(
    tables,
    "An instance costs its hourly price, shared by the transactions that succeeded; tokens cost what was sent and received.",
    priceNote(prices),
    cells.some((cell) => cell.cost_basis === null)
      ? "No price given: the price file has neither the instance type nor the model."
      : null,
  );
}

/** Whose prices, of what day. */
export function priceNote({ currency, region, date, source }: PriceMeta): string {
  const parts = [
    `Prices in ${escapeMarkdown(currency)}`,
    date === null ? "date not stated" : `as of ${escapeMarkdown(date)}`,
    region === null ? null : `region ${escapeMarkdown(region)}`,
    source === null ? null : `source: ${escapeMarkdown(source)}`,
  ];
  return `${parts.filter((part) => part !== null).join(", ")}.`;
}

/** What is paid for: `2 × ml.g5.xlarge, by the hour`, `tokens`, or `no price given`. */
export function basisOf(
  { cost_basis, instance_type, instance_count }: Pick<
    CellSummary,
    "cost_basis" | "instance_type" | "instance_count"
  >,
): string {
  if (cost_basis === "token") return "tokens";
  const instance = `${instance_count === 1 ? "" : `${instance_count} × `}${escapeMarkdown(instance_type)}`;
  return cost_basis === "instance" ? `${instance}, by the hour` : `${instance}: no price given`;
}
