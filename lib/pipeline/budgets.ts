/** What the workload may take: the `report:` section as the formulas want it. */

import type { Budgets } from "../core/mod.ts";
import type { StepContext } from "./context.ts";

/** The budgets of a step's config. Of the two that speak of right and wrong answers, the stricter one counts. */
export function budgetsOf({ config: { report } }: Pick<StepContext, "config">): Budgets {
  const { latency_budget, cost_per_10k_txn_budget, error_rate_budget, accuracy_budget } = report;
  const wrong = report.accuracy_error_rate_budget;
  // 1 - 0.9 is 0.09999999999999998.
  const right = wrong === null ? null : Number((1 - wrong).toPrecision(12));
  return {
    latency_budget,
    cost_per_10k_txn_budget,
    error_rate_budget,
    accuracy_budget: right === null ? accuracy_budget : Math.max(accuracy_budget ?? 0, right),
  };
}
