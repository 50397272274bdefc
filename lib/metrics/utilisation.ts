/** What a transaction costs when an instance is not busy all the time. */

import { type CellSummary, type Recommendation, type UtilisationRow, utilisations } from "../core/mod.ts";
import { cheapestLoads } from "./cheapest_load.ts";

/**
 * The cost of a transaction when only a fraction of the measured throughput is asked for: an instance is paid by the hour
 * all the same, so that each of its transactions costs cost / utilisation; tokens cost what they cost.
 *
 * @param utilisation more than 0, at most 1
 */
export function costAtUtilisation(
  cost_per_transaction: number,
  basis: NonNullable<CellSummary["cost_basis"]>,
  utilisation: number,
): number {
  return basis === "instance" ? cost_per_transaction / utilisation : cost_per_transaction;
}

/** One row for each payload file and option that keeps every budget and has a price, the cheapest at full use first. */
export function utilisationRows(recommendations: readonly Recommendation[]): UtilisationRow[] {
  return recommendations.flatMap((recommendation) =>
    cheapestLoads(recommendation).map((cell) => ({
      payload_file: recommendation.payload_file,
      cell,
      cost_per_transaction: utilisations.map((utilisation) =>
        costAtUtilisation(cell.cost_per_transaction, cell.cost_basis, utilisation)
      ),
    }))
  );
}
