/** What the workload may take: the `report:` section as the formulas want it. */

import type { Budgets } from "../core/mod.ts";
import type { StepContext } from "./context.ts";

/** The budgets of a step's config. Nothing is held against a similarity that nobody measures: a notice says so. */
export function budgetsOf({ config: { report, evaluation } }: Pick<StepContext, "config">): Budgets {
  const { latency_budget, latency_statistic, cost_per_10k_txn_budget, error_rate_budget, accuracy_budget } =
    report;
  return {
    latency_budget,
    latency_statistic,
    cost_per_10k_txn_budget,
    error_rate_budget,
    accuracy_budget,
    cosine_similarity_budget: evaluation.embedder.kind === "none" ? null : report.cosine_similarity_budget,
    accuracy_error_rate_budget: report.accuracy_error_rate_budget,
  };
}
