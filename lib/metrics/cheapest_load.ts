/** The load at which an option costs least. */

import type { CellSummary, Recommendation } from "../core/mod.ts";

/** A cell with a price. */
export type PricedCell = CellSummary & {
  readonly cost_per_transaction: number;
  readonly cost_basis: "instance" | "token";
};

/** Of each experiment that has a price the cheapest of the cells that keep every budget, the cheapest experiment first. */
export function cheapestLoads({ qualifying }: Pick<Recommendation, "qualifying">): PricedCell[] {
  const priced = qualifying.filter((cell): cell is PricedCell =>
    cell.cost_per_transaction !== null && cell.cost_basis !== null
  ).sort((a, b) => a.cost_per_transaction - b.cost_per_transaction);
  return [...Map.groupBy(priced, ({ experiment_name }) => experiment_name).values()].map(([first]) => first!);
}
