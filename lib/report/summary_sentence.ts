/** The answer in words: what a transaction costs, and how many of what it takes. */

import {
  type CapacityPlan,
  type CellSummary,
  type Recommendation,
  showDuration,
  showNumber,
  showPercent,
} from "../core/mod.ts";
import { budgetWords, type ReportContext } from "./budget_words.ts";
import { finishWords, intervalWords } from "./latency_words.ts";
import { fileName, money, paragraphs } from "./markdown.ts";
import { optionWords, scopeWords } from "./option_words.ts";
import { planWords } from "./plan_words.ts";
import { indistinctWords, noneQualifies, rankWords, uncertaintyWords } from "./verdict_words.ts";

/**
 * The answer for each payload file, in the order given: the data set of interest first. Its first paragraph answers the business question (which option,
 * what a transaction costs, how fast it is) and, with a plan, the engineering question (the smallest number of the cheapest
 * instance type, or the per-token API); the second says how sure that is. Or that none qualifies, and how near the
 * nearest one came. A simulated endpoint is said before anything else, the budgets and what was measured come last.
 *
 * @param plan what it takes to serve the workload; null: none was made
 */
export function summarySentence(
  recommendations: readonly Recommendation[],
  context: ReportContext,
  plan: CapacityPlan | null = null,
): string {
  const cells = recommendations.flatMap(({ qualifying, rejected }) => [...qualifying, ...rejected]);
  return paragraphs(
    context.simulated ? simulatedWarning : null,
    recommendations.length === 0 ? "Nothing was measured, so nothing can be recommended." : null,
    ...recommendations.flatMap((one) =>
      answer(one, context, plan?.payload_file === one.payload_file ? plan : null)
    ),
    recommendations.length === 0 ? null : `Budgets: ${budgetWords(context)}.`,
    cells.length === 0 ? null : `Measured: ${scopeWords(cells)}.`,
  );
}

const simulatedWarning =
  "> **Simulated endpoint.** The figures below come from the endpoint that is embedded in this program. They show that the " +
  "pipeline works and what its report looks like; they say nothing about any real model, machine or price.";

/** Paragraphs of one payload file. */
function answer(recommendation: Recommendation, context: ReportContext, plan: CapacityPlan | null): string[] {
  const { payload_file, best, rejected } = recommendation;
  const prompts = `**${fileName(payload_file)}**`;
  const fleet = plan === null ? "" : planWords(plan, context.currency);
  if (best === null) return [sentences(noneQualifies(prompts, rejected, context), fleet)];
  return [
    sentences(
      `For ${prompts}, take ${optionWords(best)}.`,
      costWords(best, context),
      speedWords(best, context),
      fleet,
    ),
    sentences(
      rankWords(recommendation),
      indistinctWords(recommendation, context),
      uncertaintyWords(best, context),
    ),
  ];
}

function costWords(best: CellSummary, { currency }: ReportContext): string {
  const { cost_per_transaction, cost_per_10k_transactions, cost_interval, cost_basis } = best;
  if (cost_per_transaction === null) return "Its cost is not known, as no price is given.";
  const { low = null, high = null } = cost_interval ?? {};
  const many = (cost: number) => money(cost * 10_000, currency);
  const interval = low === null || high === null || low === high
    ? ""
    : ` (95 % interval ${many(low)} to ${many(high)})`;
  const busy = cost_basis === "instance" ? ", while it is kept that busy" : "";
  return `A transaction costs **${money(cost_per_transaction, currency)}**, 10,000 of them **${
    money(cost_per_10k_transactions, currency)
  }**${interval}${busy}.`;
}

function speedWords(best: CellSummary, { budgets }: ReportContext): string {
  const { latency_ms, transactions_per_minute, errors, error_rate, accuracy } = best;
  const finish = finishWords(budgets.latency_statistic, `**${showDuration(latency_ms.value)}**`);
  const parts = [
    `${finish.charAt(0).toUpperCase()}${finish.slice(1)} (${intervalWords(latency_ms, showDuration)})`,
    `${showNumber(transactions_per_minute)} transactions a minute go through`,
    errors === 0 ? "none failed" : `${showPercent(error_rate.value)} failed`,
    (accuracy?.value ?? null) === null
      ? null
      : `${showPercent(accuracy?.value)} of the judged answers are right`,
  ];
  return `${parts.filter((part) => part !== null).join(", ")}.`;
}

function sentences(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join(" ");
}
