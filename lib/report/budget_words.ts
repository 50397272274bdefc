/** Budgets and figures in words. */

import { type Budgets, showDuration, showNumber, showPercent } from "../core/mod.ts";
import { finishWords } from "./latency_words.ts";
import { money } from "./markdown.ts";
import type { Standing } from "./nearest_miss.ts";

/** What recommendations are read against. */
export interface ReportContext {
  readonly budgets: Budgets;
  /** ISO code of the price file's currency. */
  readonly currency: string;
  /** Whether any figure comes from the embedded endpoint. */
  readonly simulated: boolean;
}

/** The budgets in words: `95 % of the requests finish within 2 s (p95), ...`. */
export function budgetWords({ budgets, currency }: Pick<ReportContext, "budgets" | "currency">): string {
  const { latency_statistic: statistic } = budgets;
  const limit = seconds(budgets.latency_budget);
  const words = [
    statistic === "mean"
      ? `the mean response time is at most ${limit}`
      : `${finishWords(statistic, limit)} (${statistic})`,
    budgets.cost_per_10k_txn_budget === null
      ? null
      : `at most ${money(budgets.cost_per_10k_txn_budget, currency)} for 10,000 transactions`,
    `at most ${showPercent(budgets.error_rate_budget)} errors`,
    budgets.accuracy_budget === null
      ? null
      : `at least ${showPercent(budgets.accuracy_budget)} right answers`,
    budgets.cosine_similarity_budget === null
      ? null
      : `a mean similarity of at least ${showNumber(budgets.cosine_similarity_budget, 3)}`,
    budgets.accuracy_error_rate_budget === null
      ? null
      : `at most ${showPercent(budgets.accuracy_error_rate_budget)} of the answers without a verdict`,
  ];
  return words.filter((word) => word !== null).join(", ");
}

/** A value in the unit of its criterion, as Markdown. */
export function amount(criterion: Standing["criterion"], value: number | null, currency: string): string {
  if (value === null) return "–";
  if (criterion === "latency") return seconds(value);
  if (criterion === "similarity") return showNumber(value, 3);
  return criterion === "cost" ? money(value, currency) : showPercent(value);
}

/** A duration that is given in seconds. */
export function seconds(value: number): string {
  return showDuration(value * 1000);
}
