/** From which traffic on an instance costs less than an API that is paid by the token. */

import {
  type BreakEven,
  type BreakEvenPoint,
  escapeMarkdown,
  minutesPerMonth,
  showNumber,
  showPercent,
} from "../core/mod.ts";
import { itemOf } from "./cost_table.ts";
import { byPayloadFile, money, paragraphs, table } from "./markdown.ts";

/** One table a payload file: each option paid by the hour against each one paid by the token. */
export function breakEvenTable(rows: readonly BreakEven[], currency: string): string {
  if (rows.length === 0) {
    return "There is nothing to compare: it takes an option paid by the hour and one paid by the token that both keep all " +
      "budgets.";
  }
  const tables = byPayloadFile(rows, (own) =>
    table(own, [
      { heading: "Paid by the hour", align: "left", cell: ({ instance }) => hourly(instance) },
      { heading: "Against", align: "left", cell: ({ api }) => escapeMarkdown(api.experiment_name) },
      {
        heading: "Carries (requests/min)",
        cell: ({ instance }) => showNumber(instance.transactions_per_minute),
      },
      { heading: "Cheaper from (requests/min)", cell: (row) => firstWords(row, currency) },
      {
        heading: "… a month (million requests)",
        cell: ({ point }) =>
          point.when === "from" ? showNumber(point.first_per_minute * minutesPerMonth / 1e6) : "",
      },
      {
        heading: "… of its capacity",
        cell: ({ point }) => point.when === "from" ? showPercent(point.first_utilisation) : "",
      },
      { heading: "For good from (requests/min)", cell: ({ point }) => forGoodWords(point) },
    ]));
  return paragraphs(
    tables,
    rows.some(({ sure }) => !sure)
      ? "? The interval of the measured throughput does not rule out the opposite."
      : null,
    "Above that traffic, come evenly through a month of 730 hours, the hourly price is less than the API's for the same " +
      "requests. A second instance is added when the first is full, and starts nearly unused: between the two figures the " +
      "cheaper one changes with each. What an instance carries is what was measured at its cheapest load within all " +
      "budgets; the API is taken to carry anything, whatever its quotas.",
  );
}

function hourly(instance: BreakEven["instance"]): string {
  return `${escapeMarkdown(instance.experiment_name)} (${itemOf(instance)})`;
}

function firstWords({ instance, api, point, sure }: BreakEven, currency: string): string {
  const mark = sure ? "" : " ?";
  if (point.when === "from") return `${showNumber(point.first_per_minute)}${mark}`;
  if (point.when === "always") return "always: it costs nothing";
  const [full, price] = [instance, api].map((cell) => money(per10k(cell), currency));
  return `never within its capacity: 10,000 requests cost ${full} even when it is full, the API's ${price}${mark}`;
}

const per10k = ({ cost_per_transaction }: BreakEven["api"]) =>
  cost_per_transaction === null ? null : cost_per_transaction * 10_000;

function forGoodWords(point: BreakEvenPoint): string {
  if (point.when !== "from") return "";
  const { for_good_per_minute, for_good_replicas } = point;
  return for_good_replicas === 1
    ? showNumber(for_good_per_minute)
    : `${showNumber(for_good_per_minute)}, with ${showNumber(for_good_replicas)} of them`;
}
