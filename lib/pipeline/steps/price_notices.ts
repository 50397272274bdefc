/** What a reader must know of the prices before believing a cost. */

import { experimentsElsewhere, type LoadedConfig } from "../../config/mod.ts";
import { isPriced } from "../budgets.ts";

const days = 86_400_000;
/** Providers change their lists about so often. */
const freshDays = 365;

/**
 * Sentences: a budget without a price, prices of another region than an endpoint's, and prices of long ago. Nothing of the embedded endpoint, whose
 * prices are made up.
 */
export function priceNotices(
  { config, prices }: Pick<LoadedConfig, "config" | "prices">,
  now: Date,
): string[] {
  const { region, date } = prices.meta;
  const unjudged = config.report.cost_per_10k_txn_budget === null || isPriced({ config, prices }) ? [] : [
    "No price is given, so that nothing is held against the budget for the cost: the answer rests on latency and accuracy.",
  ];
  const elsewhere = [...experimentsElsewhere(config, prices)].map(([there, names]) =>
    `The prices are those of ${region}, and ${names.join(", ")} ran in ${there}: costs there may be others.`
  );
  const paid = config.experiments.some(({ simulate }) => simulate === null);
  const age = date === null ? NaN : (now.getTime() - Date.parse(date)) / days;
  return paid && age > freshDays
    ? [
      ...unjudged,
      ...elsewhere,
      `The prices are as of ${date}, more than a year ago: check them before relying on a cost.`,
    ]
    : [...unjudged, ...elsewhere];
}
