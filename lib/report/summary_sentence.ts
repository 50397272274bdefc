/** The business answer in words. */

import {
  type Budgets,
  type CellSummary,
  describeLoad,
  escapeMarkdown,
  type Recommendation,
  showDuration,
  showNumber,
  showPercent,
} from "../core/mod.ts";
import { fileName, money, paragraphs } from "./markdown.ts";
import { isLeast, nearestMiss, type Standing, standings } from "./nearest_miss.ts";

/** What recommendations are read against. */
export interface ReportContext {
  readonly budgets: Budgets;
  /** ISO code of the price file's currency. */
  readonly currency: string;
  /** Whether any figure comes from the embedded endpoint. */
  readonly simulated: boolean;
}

/**
 * One paragraph a payload file, in the order given: which option to take, what it costs and how fast it is; or that none
 * qualifies, and how near the nearest one came. A simulated endpoint is said before anything else.
 */
export function summarySentence(recommendations: readonly Recommendation[], context: ReportContext): string {
  return paragraphs(
    context.simulated ? simulatedWarning : null,
    recommendations.length === 0 ? "Nothing was measured, so nothing can be recommended." : null,
    ...recommendations.map((recommendation) => answer(recommendation, context)),
    recommendations.length === 0 ? null : `Budgets: ${budgetWords(context)}.`,
  );
}

const simulatedWarning =
  "> **Simulated endpoint.** The figures below come from the endpoint that is embedded in this program. They show that the " +
  "pipeline works and what its report looks like; they say nothing about any real model, machine or price.";

/** The budgets in words: `p95 of the latency at most 2 s, ...`. */
export function budgetWords({ budgets, currency }: Pick<ReportContext, "budgets" | "currency">): string {
  const words = [
    `p95 of the latency at most ${seconds(budgets.latency_budget)}`,
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

function answer(recommendation: Recommendation, context: ReportContext): string {
  const { payload_file, best, qualifying, rejected } = recommendation;
  const prompts = `**${fileName(payload_file)}**`;
  if (best === null) return noneQualifies(prompts, rejected, context);
  const cost = best.cost_per_10k_transactions === null
    ? "Its cost is not known, as no price is given."
    : `A transaction costs ${money(best.cost_per_transaction, context.currency)}, 10,000 of them **${
      money(best.cost_per_10k_transactions, context.currency)
    }**.`;
  const all = qualifying.length + rejected.length;
  const rank = qualifying.length === 1
    ? `It is the only one of ${all} measured options that keeps all budgets.`
    : `It ${merit(best)} of the ${qualifying.length} options, of ${all} measured, that keep all budgets.`;
  return `For ${prompts}, take ${optionWords(best)}. ${cost} 95 % of the requests finish within **${
    showDuration(best.response_ms.p95.value)
  }** (n = ${showNumber(best.response_ms.p95.n, 12)}), ${
    showNumber(best.transactions_per_minute)
  } transactions a minute go through, ${
    best.errors === 0 ? "none failed" : `${showPercent(best.error_rate.value)} failed`
  }${
    (best.accuracy?.value ?? null) === null
      ? ""
      : `, ${showPercent(best.accuracy?.value)} of the judged answers are right`
  }. ${rank}`;
}

/** Without a price nobody knows what is cheapest; more transactions on the same instance are. */
function merit(best: CellSummary): string {
  return best.cost_per_transaction === null ? "carries the most transactions" : "is the cheapest";
}

function noneQualifies(prompts: string, rejected: readonly CellSummary[], context: ReportContext): string {
  const nearest = nearestMiss(rejected, context.budgets);
  if (nearest === null) return `For ${prompts}, nothing was measured, so nothing can be recommended.`;
  const missed = standings(nearest, context.budgets).filter((standing) => standing.result !== "pass");
  return `For ${prompts}, **no option keeps all budgets**. Nearest comes ${optionWords(nearest)}: ${
    missed.map((standing) => missWords(standing, context.currency)).join("; ")
  }.`;
}

function optionWords(cell: CellSummary): string {
  const instance = cell.cost_basis === "token"
    ? ""
    : ` on ${cell.instance_count === 1 ? "" : `${cell.instance_count} × `}${
      escapeMarkdown(cell.instance_type)
    }`;
  const load = cell.concurrency === null
    ? describeLoad(cell)
    : cell.concurrency === 1
    ? "one request at a time"
    : `${cell.concurrency} requests at a time`;
  return `**${escapeMarkdown(cell.experiment_name)}**${instance} with ${load}`;
}

const subjects: Record<Standing["criterion"], string> = {
  latency: "its p95 latency",
  cost: "its cost for 10,000 transactions",
  error_rate: "its error rate",
  accuracy: "its accuracy",
  similarity: "its mean similarity",
  unjudged: "its fraction of answers without a verdict",
};

function missWords({ criterion, result, value, budget, excess }: Standing, currency: string): string {
  if (result === "unknown") {
    return `${subjects[criterion]} is not known${criterion === "cost" ? ", as no price is given" : ""}`;
  }
  const by = excess === null ? "" : ` (${beyondWords(criterion, excess)})`;
  return `${subjects[criterion]} is ${amount(criterion, value, currency)}, the budget ${
    amount(criterion, budget, currency)
  }${by}`;
}

/** How far beyond: `15 % over`. */
export function beyondWords(criterion: Standing["criterion"], excess: number): string {
  return `${showNumber(excess * 100, 2)} % ${isLeast(criterion) ? "under" : "over"}`;
}

/** A value in the unit of its criterion, as Markdown. */
export function amount(criterion: Standing["criterion"], value: number | null, currency: string): string {
  if (value === null) return "–";
  if (criterion === "latency") return seconds(value);
  if (criterion === "similarity") return showNumber(value, 3);
  return criterion === "cost" ? money(value, currency) : showPercent(value);
}

function seconds(value: number): string {
  return showDuration(value * 1000);
}
