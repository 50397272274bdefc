/** What the workload may take: the `report:` section as the formulas want it. */

import type { LoadedConfig } from "../config/mod.ts";
import { type Budgets, tariffOf } from "../core/mod.ts";

/**
 * The budgets of a config. Nothing is held against a similarity that nobody measures, nor against a cost for which no experiment
 * has a price: notices say so.
 */
export function budgetsOf({ config, prices }: Pick<LoadedConfig, "config" | "prices">): Budgets {
  const { report, evaluation } = config;
  const { latency_budget, latency_statistic, cost_per_10k_txn_budget, error_rate_budget, accuracy_budget } =
    report;
  return {
    latency_budget,
    latency_statistic,
    cost_per_10k_txn_budget: isPriced({ config, prices }) ? cost_per_10k_txn_budget : null,
    error_rate_budget,
    accuracy_budget,
    cosine_similarity_budget: evaluation.embedder.kind === "none" ? null : report.cosine_similarity_budget,
    accuracy_error_rate_budget: report.accuracy_error_rate_budget,
  };
}

/** Whether there is a price for any experiment. */
export function isPriced({ config, prices }: Pick<LoadedConfig, "config" | "prices">): boolean {
  return config.experiments.some(({ name, instance_type, model_id }) =>
    tariffOf({ experiment_name: name, instance_type, model_id }, prices) !== null
  );
}
