/** How sure a recommendation is, and by how much others miss: words around it. */

import { type CellSummary, type Ends, type Recommendation, showDuration, showNumber } from "../core/mod.ts";
import { amount, type ReportContext } from "./budget_words.ts";
import { intervalWords, latencyName } from "./latency_words.ts";
import { money } from "./markdown.ts";
import { isLeast, nearestMiss, type Standing, standings } from "./nearest_miss.ts";
import { loadWords, optionWords } from "./option_words.ts";

/** Others that are named; the rest are counted. */
const named = 3;

/** Where the best option stands among those measured, and what decided. */
export function rankWords({ best, qualifying, rejected }: Recommendation): string {
  if (best === null) return "";
  const all = qualifying.length + rejected.length;
  const alone = all === 1
    ? "It is the only option that was measured, and keeps all budgets."
    : `It is the only one of ${all} measured options that keeps all budgets.`;
  const among = `of the ${qualifying.length} options, of ${all} measured, that keep all budgets`;
  if (best.cost_per_transaction !== null) {
    return qualifying.length === 1 ? alone : `It is the cheapest ${among}.${unpricedWords(qualifying)}`;
  }
  if (qualifying.length === 1) return alone;
  const judged = qualifying.some(({ accuracy }) => (accuracy?.value ?? null) !== null);
  const decides = judged ? "latency and accuracy decide" : "latency decides, as no answer was judged";
  const right = judged ? " and are not shown to be less often right" : "";
  return `No price is given, so ${decides}: it answers fastest ${among}${right}.${
    busiestWords(best, qualifying)
  }`;
}

/** How many are not compared by cost, where others are. */
function unpricedWords(qualifying: readonly CellSummary[]): string {
  const unpriced = qualifying.filter(({ cost_per_transaction }) => cost_per_transaction === null).length;
  if (unpriced === 0) return "";
  return ` ${unpriced} of them ${unpriced === 1 ? "has no price and comes" : "have no price and come"} last.`;
}

/** What the most that goes through within the budgets is, where that is another option. */
function busiestWords(best: CellSummary, qualifying: readonly CellSummary[]): string {
  const rate = (cell: CellSummary) => cell.transactions_per_minute ?? 0;
  const busiest = qualifying.reduce((most, cell) => rate(cell) > rate(most) ? cell : most, best);
  if (busiest === best) return "";
  const who = busiest.experiment_name === best.experiment_name
    ? `it with ${loadWords(busiest)}`
    : optionWords(busiest);
  return ` The most gets through ${who}: ${showNumber(rate(busiest))} transactions a minute.`;
}

/** The options that are not shown to be worse than the best one; empty without any. */
export function indistinctWords(
  { best, indistinct }: Recommendation,
  { budgets, currency }: ReportContext,
): string {
  if (best === null || indistinct.length === 0) return "";
  const shown = indistinct.slice(0, named).map((cell) => {
    const cost = cell.cost_per_10k_transactions === null
      ? []
      : [`${money(cell.cost_per_10k_transactions, currency)} for 10,000`];
    const latency = `${latencyName(budgets.latency_statistic)} ${showDuration(cell.latency_ms.value)}`;
    return `${optionWords(cell)} (${[...cost, latency].join(", ")})`;
  });
  const more = indistinct.length - shown.length;
  return `**It can't be told apart from** ${shown.join("; ")}${
    more === 0 ? "" : ` and ${more} more`
  }: the intervals do not show ${indistinct.length === 1 ? "that one" : "any of them"} to be worse.`;
}

/** Which of the kept budgets may be missed in truth; empty when all verdicts are certain. */
export function uncertaintyWords(best: CellSummary, context: ReportContext): string {
  const open = standings(best, context.budgets).filter((standing) =>
    standing.open && standing.result === "pass"
  );
  if (open.length === 0) return "";
  const reasons = open.map(({ criterion, budget, ends, n }) => {
    const show = (value: number) => amount(criterion, value, context.currency);
    const subject = subjectOf(criterion, context);
    const limit = show(budget!);
    return isOpen(ends, criterion)
      ? `${subject} rests on too few samples (n = ${showNumber(n, 12)}) to be sure of the budget of ${limit}`
      : `the interval of ${subject}, ${show(ends.low!)} to ${
        show(ends.high!)
      }, crosses the budget of ${limit}`;
  });
  return `**It qualifies, but not for certain**: ${reasons.join("; ")}.`;
}

function isOpen({ low, high }: Ends, criterion: Standing["criterion"]): boolean {
  return low === null || high === null || (isLeast(criterion) ? low : high) === null;
}

/** What came nearest, and which budgets it misses by how much. */
export function noneQualifies(
  prompts: string,
  rejected: readonly CellSummary[],
  context: ReportContext,
): string {
  const nearest = nearestMiss(rejected, context.budgets);
  if (nearest === null) return `For ${prompts}, nothing was measured, so nothing can be recommended.`;
  const missed = standings(nearest, context.budgets).filter((standing) => standing.result !== "pass");
  return `For ${prompts}, **no option keeps all budgets**. Nearest comes ${optionWords(nearest)}: ${
    missed.map((standing) => missWords(standing, context)).join("; ")
  }.`;
}

function missWords(
  { criterion, result, value, budget, excess, open, ends, n }: Standing,
  context: ReportContext,
): string {
  const subject = subjectOf(criterion, context);
  if (result === "unknown") {
    return `${subject} is not known${criterion === "cost" ? ", as no price is given" : ""}`;
  }
  const show = (of: number) => amount(criterion, of, context.currency);
  const by = excess === null
    ? ""
    : ` (${showNumber(excess * 100, 2)} % ${isLeast(criterion) ? "under" : "over"})`;
  const unsure = open ? `, but not for certain (${intervalWords({ ...ends, n }, show)})` : "";
  return `${subject} is ${show(value!)}, the budget ${show(budget!)}${by}${unsure}`;
}

function subjectOf(criterion: Standing["criterion"], { budgets }: ReportContext): string {
  const subjects: Record<Standing["criterion"], string> = {
    latency: `its ${latencyName(budgets.latency_statistic)}`,
    cost: "its cost for 10,000 transactions",
    error_rate: "its error rate",
    accuracy: "its accuracy",
    similarity: "its mean similarity",
    unjudged: "its fraction of answers without a verdict",
  };
  return subjects[criterion];
}
