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
import { instancesWords } from "./option_words.ts";

/**
 * One table a payload file: cost of one and of 10,000 transactions, of a million tokens and of a million that came in time,
 * what is paid for, and whose prices these are. Without a price every cost says so.
 */
export function costTable(cells: readonly CellSummary[], prices: PriceMeta): string {
  if (cells.length === 0) return "No request was measured.";
  const cost = (amount: (cell: CellSummary) => number | null) => (cell: CellSummary) =>
    cell.cost_basis === null ? noPrice : money(amount(cell), prices.currency);
  const tables = byPayloadFile(cells, (rows) =>
    table(rows, [
      { heading: "Experiment", align: "left", cell: (cell) => escapeMarkdown(cell.experiment_name) },
      { heading: "Paid for", align: "left", cell: itemOf },
      { heading: loadHeading(cells), cell: (cell) => showLoad(cell) },
      { heading: "Per minute", cell: (cell) => showNumber(cell.transactions_per_minute) },
      { heading: "Per transaction", cell: cost((cell) => cell.cost_per_transaction) },
      { heading: "Per 10,000", cell: cost((cell) => cell.cost_per_10k_transactions) },
      { heading: "Per million tokens", cell: cost((cell) => cell.cost_per_million_tokens) },
      { heading: "Per million good tokens", cell: cost((cell) => cell.cost_per_million_good_tokens) },
    ]));
  return paragraphs(
    tables,
    "An instance, or a model unit, costs its hourly price, shared by the transactions that succeeded; tokens cost what was " +
      "sent and received. Tokens are those of prompt and answer together; good ones those of the answers that met every " +
      "objective of `report.objectives`, which bear the whole cost.",
    priceNote(prices),
    cells.some((cell) => cell.cost_basis === null)
      ? "No price given: the price file has neither the instance type nor the model. `-A price_per_hour=` or " +
        "`-A price_per_1k_tokens=` gives one, also to `fmbench report`."
      : null,
  );
}

const noPrice = "no price given";

/** Whose prices, of what day. */
export function priceNote({ currency, region, date, source }: PriceMeta): string {
  const parts = [
    `Prices in ${escapeMarkdown(currency)}`,
    date === null ? "date not stated" : `as of ${escapeMarkdown(date)}`,
    region === null ? "region not stated" : `region ${escapeMarkdown(region)}`,
    source === null ? null : `source: ${escapeMarkdown(source)}`,
  ];
  return `${parts.filter((part) => part !== null).join(", ")}.`;
}

type Paid = Pick<CellSummary, "cost_basis" | "instance_type" | "instance_count">;

/** What is paid for: `2 × ml.g5.xlarge, by the hour`, `tokens`, or `ml.g5.xlarge: no price given`. */
export function basisOf(paid: Paid): string {
  return paid.cost_basis === null ? `${itemOf(paid)}: no price given` : itemOf(paid);
}

/** The same where the cost stands beside it, and says itself that there is no price. */
export function itemOf({ cost_basis, instance_type, instance_count }: Paid): string {
  if (cost_basis === "token") return "tokens";
  const instances = instancesWords(instance_type, instance_count);
  return cost_basis === "instance" ? `${instances}, by the hour` : instances;
}
