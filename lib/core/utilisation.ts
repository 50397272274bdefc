/** What a transaction costs when an instance is not busy all the time: rows that the report shows. */

import type { CellSummary } from "./summary.ts";

/** Fractions of the measured throughput that the table tells of. */
export const utilisations = [1, 0.75, 0.5, 0.25, 0.1] as const;

export interface UtilisationRow {
  readonly payload_file: string;
  /** The option at the load at which a transaction costs least. */
  readonly cell: CellSummary;
  /** Cost of a transaction at each of `utilisations`. */
  readonly cost_per_transaction: readonly number[];
}
