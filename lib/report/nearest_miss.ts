/** Which option came nearest when none keeps all budgets. */

import type { Budgets, CellSummary, Criteria } from "../core/mod.ts";

/** One budget and how a cell stands to it. */
export interface Standing {
  readonly criterion: keyof Criteria;
  readonly result: Criteria[keyof Criteria];
  /** Seconds, money for 10,000 transactions, or a fraction. */
  readonly value: number | null;
  readonly budget: number | null;
  /** How far beyond the budget, relative to it; 0 when kept, null when it can't be said. */
  readonly excess: number | null;
}

/** Whether more is better: the budget is a least value. */
export function isLeast(criterion: keyof Criteria): boolean {
  return criterion === "accuracy" || criterion === "similarity";
}

/** How a cell stands to each budget. */
export function standings(cell: CellSummary, budgets: Budgets): Standing[] {
  const p95 = cell.response_ms.p95.value;
  const figures: Record<keyof Criteria, readonly [number | null, number | null]> = {
    latency: [p95 === null ? null : p95 / 1000, budgets.latency_budget],
    cost: [cell.cost_per_10k_transactions, budgets.cost_per_10k_txn_budget],
    error_rate: [cell.error_rate.value, budgets.error_rate_budget],
    accuracy: [cell.accuracy?.value ?? null, budgets.accuracy_budget],
    similarity: [cell.similarity?.value ?? null, budgets.cosine_similarity_budget],
    unjudged: [cell.unjudged?.value ?? null, budgets.accuracy_error_rate_budget],
  };
  return (Object.keys(figures) as (keyof Criteria)[]).map((criterion) => {
    const [value, budget] = figures[criterion];
    const result = cell.criteria[criterion];
    const known = value !== null && budget !== null && budget > 0;
    const beyond = known ? (isLeast(criterion) ? budget - value : value - budget) / budget : null;
    return { criterion, result, value, budget, excess: result === "pass" ? 0 : beyond };
  });
}

/**
 * The cell that misses the fewest budgets, then by the least sum of relative excess, then the cheapest. A budget that can't
 * be judged counts as missed. null when there is no cell.
 */
export function nearestMiss(cells: readonly CellSummary[], budgets: Budgets): CellSummary | null {
  const ranked = cells.map((cell) => {
    const missed = standings(cell, budgets).filter((standing) => standing.result !== "pass");
    const excess = missed.reduce((sum, standing) => sum + (standing.excess ?? 1), 0);
    return { cell, rank: [missed.length, excess, cell.cost_per_10k_transactions ?? Infinity] };
  });
  ranked.sort((a, b) => {
    const at = a.rank.findIndex((value, i) => value !== b.rank[i]);
    return at < 0 ? 0 : a.rank[at]! - b.rank[at]!;
  });
  return ranked[0]?.cell ?? null;
}
