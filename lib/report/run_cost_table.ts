/** What the run itself cost. */

import { escapeMarkdown, type ExperimentCost, showDuration, showNumber } from "../core/mod.ts";
import { basisOf } from "./cost_table.ts";
import { money, table } from "./markdown.ts";

type Line = Omit<ExperimentCost, "cost"> & { readonly paid: string; readonly shown: string };

/** One line an experiment and the total; a total that lacks a price says so. */
export function runCostTable(costs: readonly ExperimentCost[], currency: string): string {
  if (costs.length === 0) return "No request was sent in this run.";
  const sum = (field: (cost: ExperimentCost) => number) =>
    costs.reduce((total, cost) => total + field(cost), 0);
  const priced = costs.filter((cost) => cost.cost !== null);
  const total = money(sum((cost) => cost.cost ?? 0), currency);
  const lines: Line[] = costs.map(({ cost, ...rest }) => ({
    ...rest,
    experiment_name: escapeMarkdown(rest.experiment_name),
    paid: basisOf({ ...rest, cost_basis: rest.basis }),
    shown: cost === null ? "not known" : money(cost, currency),
  }));
  lines.push({
    ...costs[0]!,
    experiment_name: "**Total**",
    paid: "",
    duration_s: sum((cost) => cost.duration_s),
    requests: sum((cost) => cost.requests),
    prompt_tokens: sum((cost) => cost.prompt_tokens),
    completion_tokens: sum((cost) => cost.completion_tokens),
    shown: priced.length === costs.length
      ? `**${total}**`
      : priced.length === 0
      ? "**not known**"
      : `**${total}** and what has no price`,
  });
  return table(lines, [
    { heading: "Experiment", align: "left", cell: (line) => line.experiment_name },
    { heading: "Paid for", align: "left", cell: (line) => line.paid },
    { heading: "Load lasted", cell: (line) => showDuration(line.duration_s * 1000) },
    { heading: "Requests", cell: (line) => showNumber(line.requests, 12) },
    { heading: "Prompt tokens", cell: (line) => showNumber(line.prompt_tokens, 12) },
    { heading: "Output tokens", cell: (line) => showNumber(line.completion_tokens, 12) },
    { heading: "Cost", cell: (line) => line.shown },
  ]);
}
