/** How much each experiment carries. */

import {
  type Budgets,
  type CellSummary,
  escapeMarkdown,
  loadOf,
  showDuration,
  showNumber,
  showPercent,
} from "../core/mod.ts";
import { seconds } from "./budget_words.ts";
import { latencyName } from "./latency_words.ts";
import { byPayloadFile, paragraphs } from "./markdown.ts";
import { loadWords, placeWords } from "./option_words.ts";

/**
 * One list a payload file, one sentence for each experiment, whatever was recommended: the highest load that was measured at which
 * latency and errors are within their budgets, with what went through; or how far the lowest load is beyond them.
 */
export function perInstanceResults(cells: readonly CellSummary[], budgets: Budgets): string {
  if (cells.length === 0) return "No request was measured.";
  const models = new Set(cells.map(({ model_id }) => model_id)).size;
  return paragraphs(
    byPayloadFile(cells, (rows) =>
      [...Map.groupBy(rows, ({ experiment_name }) => experiment_name).values()]
        .map((own) => `- ${sentence(own.toSorted((a, b) => loadOf(a) - loadOf(b)), budgets, models > 1)}`)
        .join("\n")),
    `Within the budgets: ${latencyName(budgets.latency_statistic)} at most ${
      seconds(budgets.latency_budget)
    }, at most ${showPercent(budgets.error_rate_budget)} errors. Cost and accuracy are not looked at here.`,
  );
}

/** @param own the loads of one experiment, lowest first */
function sentence(own: readonly CellSummary[], budgets: Budgets, withModel: boolean): string {
  const [lowest] = own;
  const model = withModel && lowest!.model_id !== lowest!.experiment_name
    ? ` (${escapeMarkdown(lowest!.model_id)})`
    : "";
  const who = `**${escapeMarkdown(lowest!.experiment_name)}**${model}${placeWords(lowest!)}`;
  const place = own.findLastIndex(keeps);
  if (place < 0) {
    return `${who}: no load that was measured is within the budgets. ${missWords(lowest!, budgets)}`;
  }
  const best = own[place]!;
  const beyond = place === own.length - 1 ? ", the highest that was measured" : "";
  const between = own.slice(0, place).some((cell) => !keeps(cell))
    ? ", although not at every lower load"
    : "";
  const { p50 } = best.response_ms;
  const latencies = budgets.latency_statistic === "p50"
    ? `p50 ${showDuration(p50.value)}`
    : `p50 ${showDuration(p50.value)}, ${budgets.latency_statistic} ${showDuration(best.latency_ms.value)}`;
  return `${who}: within the budgets up to **${loadWords(best)}**${beyond}${between}. ${
    showNumber(best.transactions_per_minute)
  } transactions a minute, ${latencies}, ${
    best.errors === 0 ? "no errors" : `${showPercent(best.error_rate.value)} errors`
  }; ${showNumber(best.prompt_tokens_mean)} prompt and ${
    showNumber(best.completion_tokens_mean)
  } output tokens on average (n = ${showNumber(best.ok, 12)}).`;
}

function keeps({ criteria }: CellSummary): boolean {
  return criteria.latency === "pass" && criteria.error_rate === "pass";
}

function missWords(cell: CellSummary, { latency_statistic }: Budgets): string {
  const latency = cell.latency_ms.value === null
    ? `its ${latencyName(latency_statistic)} is not known (n = ${showNumber(cell.latency_ms.n, 12)})`
    : `its ${latencyName(latency_statistic)} is ${showDuration(cell.latency_ms.value)}`;
  return `With ${loadWords(cell)} ${latency}, and ${
    showPercent(cell.error_rate.value)
  } of the requests fail.`;
}
