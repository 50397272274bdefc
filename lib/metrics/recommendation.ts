/** The answer to the business question: the cheapest way to do this work within the budgets. */

import type { CellSummary, Recommendation } from "../core/mod.ts";
import { qualifies } from "./criteria.ts";
import { isShownLessRight, isShownWorse } from "./distinction.ts";
import { paretoFront } from "./pareto.ts";

/**
 * The cheapest cell of a payload file that meets every criterion; ties go to the lower latency (what the latency budget judges),
 * then to the higher throughput, then to the name and the lower load. What has no price comes after what has one. Where no
 * price is known at all, latency and accuracy decide: the fastest among those that are not shown to be less
 * often right than the most accurate one. Nothing is recommended when nothing qualifies. `docs/decision.md` says why.
 */
export function recommend(cells: readonly CellSummary[], payload_file: string): Recommendation {
  const candidates = cells.filter((cell) => cell.payload_file === payload_file);
  const qualifying = byMerit(candidates.filter((cell) => qualifies(cell.criteria)));
  const [best = null, ...others] = qualifying;
  return {
    payload_file,
    best,
    qualifying,
    indistinct: best === null
      ? []
      : others.filter((cell) => isComparable(cell, best) && !isShownWorse(cell, best)),
    front: paretoFront(candidates),
    best_per_instance_type: [...Map.groupBy(qualifying, (cell) => cell.instance_type).values()]
      .map(([cheapest]) => cheapest!),
    rejected: candidates.filter((cell) => !qualifies(cell.criteria)),
  };
}

/** Nothing can be said of the cost of two cells of which one has no price. */
function isComparable(a: CellSummary, b: CellSummary): boolean {
  return (a.cost_per_transaction === null) === (b.cost_per_transaction === null);
}

function byMerit(qualifying: readonly CellSummary[]): CellSummary[] {
  const unpriced = qualifying.filter((cell) => cell.cost_per_transaction === null);
  const top = unpriced.reduce<CellSummary | null>(
    (most, cell) => (cell.accuracy?.value ?? -1) > (most?.accuracy?.value ?? -1) ? cell : most,
    null,
  );
  const isLess = (cell: CellSummary) =>
    Number(cell.cost_per_transaction === null && top !== null && isShownLessRight(cell, top));
  return qualifying.toSorted((a, b) =>
    lower(a.cost_per_transaction, b.cost_per_transaction) ||
    isLess(a) - isLess(b) ||
    lower(a.latency_ms.value, b.latency_ms.value) ||
    lower(b.transactions_per_minute, a.transactions_per_minute) ||
    a.experiment_name.localeCompare(b.experiment_name, "en") ||
    (a.concurrency ?? a.request_rate_rps ?? 0) - (b.concurrency ?? b.request_rate_rps ?? 0)
  );
}

/** Compares by size; what is not known comes last. */
function lower(a: number | null, b: number | null): number {
  return (a ?? Infinity) === (b ?? Infinity) ? 0 : (a ?? Infinity) - (b ?? Infinity);
}
