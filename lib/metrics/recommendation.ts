/** The answer to the business question: the cheapest way to do this work within the budgets. */

import type { CellSummary, Recommendation } from "../core/mod.ts";
import { qualifies } from "./criteria.ts";

/**
 * The cheapest cell of a payload file that meets every criterion. Ties go to the lower p95 of the E2E latency, then to
 * the higher throughput, then to the name and the lower load. Where no price is known the higher throughput goes
 * first: whatever an instance costs, more transactions share it. Nothing is recommended when nothing qualifies.
 */
export function recommend(cells: readonly CellSummary[], payload_file: string): Recommendation {
  const candidates = cells.filter((cell) => cell.payload_file === payload_file);
  const qualifying = candidates.filter((cell) => qualifies(cell.criteria)).sort(byMerit);
  return {
    payload_file,
    best: qualifying[0] ?? null,
    qualifying,
    best_per_instance_type: [...Map.groupBy(qualifying, (cell) => cell.instance_type).values()]
      .map(([cheapest]) => cheapest!),
    rejected: candidates.filter((cell) => !qualifies(cell.criteria)),
  };
}

function byMerit(a: CellSummary, b: CellSummary): number {
  const unpriced = a.cost_per_transaction === null && b.cost_per_transaction === null;
  return lower(a.cost_per_transaction, b.cost_per_transaction) ||
    (unpriced ? lower(b.transactions_per_minute, a.transactions_per_minute) : 0) ||
    lower(a.response_ms.p95.value, b.response_ms.p95.value) ||
    lower(b.transactions_per_minute, a.transactions_per_minute) ||
    a.experiment_name.localeCompare(b.experiment_name, "en") ||
    (a.concurrency ?? a.request_rate_rps ?? 0) - (b.concurrency ?? b.request_rate_rps ?? 0);
}

/** Compares what qualifies, and so is known, by size. */
function lower(a: number | null, b: number | null): number {
  return (a ?? Infinity) === (b ?? Infinity) ? 0 : (a ?? Infinity) - (b ?? Infinity);
}
