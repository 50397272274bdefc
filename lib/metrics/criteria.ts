/** Whether a cell keeps the budgets of the `report:` section. */

import type { Budgets, CellSummary, Criteria, Criterion } from "../core/mod.ts";

/** What of a cell is compared with a budget. */
export type JudgedFigures = Pick<
  CellSummary,
  "latency_ms" | "cost_per_10k_transactions" | "error_rate" | "accuracy" | "similarity" | "unjudged"
>;

/**
 * Compares a cell with the budgets: the asked statistic of the response time (waits and retries are the user's time too), cost
 * of 10,000 transactions, error rate, accuracy, mean similarity, answers without a verdict. A value equal to its budget keeps it.
 * A figure that is not known, or hidden for want of samples, gives `unknown`. A budget that is not asked for is kept.
 */
export function judgeCell(cell: JudgedFigures, budgets: Budgets): Criteria {
  const latency = cell.latency_ms.value;
  const { accuracy_budget, cosine_similarity_budget, accuracy_error_rate_budget } = budgets;
  const { cost_per_10k_txn_budget } = budgets;
  return {
    latency: atMost(latency === null ? null : latency / 1000, budgets.latency_budget),
    cost: cost_per_10k_txn_budget === null
      ? "pass"
      : atMost(cell.cost_per_10k_transactions, cost_per_10k_txn_budget),
    error_rate: atMost(cell.error_rate.value, budgets.error_rate_budget),
    accuracy: accuracy_budget === null ? "pass" : atLeast(cell.accuracy?.value ?? null, accuracy_budget),
    similarity: cosine_similarity_budget === null
      ? "pass"
      : atLeast(cell.similarity?.value ?? null, cosine_similarity_budget),
    unjudged: accuracy_error_rate_budget === null
      ? "pass"
      : atMost(cell.unjudged?.value ?? null, accuracy_error_rate_budget),
  };
}

/** Whether every criterion is `pass`; `unknown` is no pass. */
export function qualifies(criteria: Criteria): boolean {
  return Object.values(criteria).every((criterion) => criterion === "pass");
}

function atMost(value: number | null, budget: number): Criterion {
  return value === null ? "unknown" : value <= budget ? "pass" : "fail";
}

function atLeast(value: number | null, budget: number): Criterion {
  return value === null ? "unknown" : value >= budget ? "pass" : "fail";
}
