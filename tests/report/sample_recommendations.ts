/** Recommendations made of sample cells, by the rule of `Recommendation`. */

import type { CellSummary, Recommendation } from "../../lib/core/mod.ts";
import { bestOf, keepsAll } from "../chart/sample_cells.ts";

/** One for each payload file of the cells. */
export function recommend(cells: readonly CellSummary[]): Recommendation[] {
  return [...new Set(cells.map((cell) => cell.payload_file))].map((payload_file) => {
    const own = cells.filter((cell) => cell.payload_file === payload_file);
    const qualifying = own.filter(keepsAll)
      .sort((a, b) => a.cost_per_10k_transactions! - b.cost_per_10k_transactions!);
    const types = [...new Set(qualifying.map((cell) => cell.instance_type))];
    return {
      payload_file,
      best: bestOf(own)[0] ?? null,
      qualifying,
      indistinct: [],
      front: [],
      best_per_instance_type: types.map((type) => qualifying.find((cell) => cell.instance_type === type)!),
      rejected: own.filter((cell) => !keepsAll(cell)),
    };
  });
}
