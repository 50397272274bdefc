/** How options stand to the budgets, and which came nearest when none keeps all. */

import type { Budgets, CellSummary, Criteria, Ends } from "../core/mod.ts";

/** One budget and how a cell stands to it. */
export interface Standing {
  readonly criterion: keyof Criteria;
  readonly result: Criteria[keyof Criteria];
  /** Seconds, money for 10,000 transactions, or a fraction. */
  readonly value: number | null;
  /** 95 % interval of the value, in the same unit. */
  readonly ends: Ends;
  /** Samples that the value rests on. */
  readonly n: number;
  readonly budget: number | null;
  /** How far beyond the budget, relative to it; 0 when kept, null when it can't be said. */
  readonly excess: number | null;
  /**
   * Whether the verdict is not certain: the interval has the budget within it, or is open on the budget's side. That no error
   * at all is allowed can be broken, but never be shown to be kept: a budget of 0 is not called uncertain.
   */
  readonly open: boolean;
}

/** Whether more is better: the budget is a least value. */
export function isLeast(criterion: keyof Criteria): boolean {
  return criterion === "accuracy" || criterion === "similarity";
}

type Judged = Ends & { readonly value: number | null; readonly n: number };

const notKnown: Judged = { value: null, low: null, high: null, n: 0 };

/** How a cell stands to each budget. */
export function standings(cell: CellSummary, budgets: Budgets): Standing[] {
  const figures: Record<keyof Criteria, readonly [Judged, number | null]> = {
    latency: [scaled(cell.latency_ms, 1 / 1000), budgets.latency_budget],
    cost: [costOf(cell), budgets.cost_per_10k_txn_budget],
    error_rate: [cell.error_rate, budgets.error_rate_budget],
    accuracy: [cell.accuracy ?? notKnown, budgets.accuracy_budget],
    similarity: [cell.similarity ?? notKnown, budgets.cosine_similarity_budget],
    unjudged: [cell.unjudged ?? notKnown, budgets.accuracy_error_rate_budget],
  };
  return (Object.keys(figures) as (keyof Criteria)[]).map((criterion) => {
    const [{ value, low, high, n }, budget] = figures[criterion];
    const result = cell.criteria[criterion];
    const known = value !== null && budget !== null && budget > 0;
    const beyond = known ? (isLeast(criterion) ? budget - value : value - budget) / budget : null;
    return {
      criterion,
      result,
      value,
      ends: { low, high },
      n,
      budget,
      excess: result === "pass" ? 0 : beyond,
      open: known && reaches({ low, high }, budget, (result === "pass") !== isLeast(criterion)),
    };
  });
}

function costOf({ cost_per_10k_transactions: value, cost_interval, ok }: CellSummary): Judged {
  const ends = scaled({ ...notKnown, ...cost_interval, n: ok }, 10_000);
  return { ...ends, value };
}

function scaled({ value, low, high, n }: Judged, factor: number): Judged {
  const by = (number: number | null) => number === null ? null : number * factor;
  return { value: by(value), low: by(low), high: by(high), n };
}

/** Whether an interval goes beyond the budget at its upper, or lower, end. */
function reaches({ low, high }: Ends, budget: number, above: boolean): boolean {
  const end = above ? high : low;
  return end === null || (above ? end > budget : end < budget);
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
