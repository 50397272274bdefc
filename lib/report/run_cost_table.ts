/** What the run itself cost, and judging its answers. */

import {
  type EmbeddingAccount,
  escapeMarkdown,
  type ExperimentCost,
  type PanelSummary,
  showDuration,
  showNumber,
} from "../core/mod.ts";
import { itemOf } from "./cost_table.ts";
import { money, paragraphs, table } from "./markdown.ts";

interface Line {
  readonly name: string;
  readonly paid: string;
  /** null: not told. */
  readonly duration_s: number | null;
  /** Requests, or calls of a judge. */
  readonly requests: number;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  /** null: without a price. */
  readonly cost: number | null;
}

/**
 * One line an experiment, one a judge or embedder, their totals and the grand total; a total that lacks a price says so.
 *
 * @param panel what the judges did; null: none was asked
 */
export function runCostTable(
  costs: readonly ExperimentCost[],
  currency: string,
  panel: Pick<PanelSummary, "judges" | "embedding"> | null = null,
): string {
  if (costs.length === 0 && panel === null) return "No request was sent in this run.";
  const load = costs.map((cost): Line => ({
    ...cost,
    name: escapeMarkdown(cost.experiment_name),
    paid: itemOf({ ...cost, cost_basis: cost.basis }),
  }));
  const judges = (panel?.judges ?? []).map((judge): Line => ({
    ...judge,
    name: `judge ${escapeMarkdown(judge.judge)}`,
    paid: judge.cost === null ? escapeMarkdown(judge.model_id) : "tokens",
    duration_s: null,
    requests: judge.calls,
  }));
  if (panel?.embedding) judges.push(embedderLine(panel.embedding));
  const all = [...load, ...judges];
  const shown = [
    ...load.map((line) => row(line, currency)),
    ...judges.length === 0 || load.length === 0 ? [] : [total("Load", load, currency)],
    ...judges.map((line) => row(line, currency)),
    ...judges.length < 2 ? [] : [total("Judging", judges, currency)],
    total(judges.length === 0 ? "Total" : "Grand total", all, currency),
  ];
  const headings = [
    "Experiment",
    "Paid for",
    "Load lasted",
    "Requests",
    "Prompt tokens (1,000)",
    "Output tokens (1,000)",
    "Cost",
  ];
  const lines = table(
    shown,
    headings.map((heading, i) => ({
      heading,
      align: i < 2 ? "left" as const : "right" as const,
      cell: (cells: readonly string[]) => cells[i]!,
    })),
  );
  const unpriced = all.filter((line) => line.cost === null).map((line) => line.name);
  return paragraphs(
    lines,
    costs.some(({ basis }) => basis === "instance")
      ? "An instance counts for as long as its own load lasted; while it started, waited for its turn or stood idle after, it " +
        "cost as much an hour."
      : null,
    costs.some(({ basis }) => basis === "token")
      ? "Tokens of failed requests count where the server told them."
      : null,
    unpriced.length === 0 ? null : `There is no price for ${unpriced.join(", ")}: not in any total.`,
  );
}

function embedderLine(embedding: EmbeddingAccount): Line {
  const name = escapeMarkdown(embedding.model_id);
  return {
    ...embedding,
    name: `embedder ${name}`,
    paid: embedding.cost === null ? name : "tokens",
    duration_s: null,
    requests: embedding.calls,
    completion_tokens: 0,
  };
}

function row(line: Line, currency: string): string[] {
  return [...figuresOf(line), line.cost === null ? "no price given" : money(line.cost, currency)];
}

function figuresOf(line: Line): string[] {
  return [
    line.name,
    line.paid,
    line.duration_s === null ? "" : showDuration(line.duration_s * 1000),
    showNumber(line.requests, 12),
    showNumber(line.prompt_tokens / 1000),
    showNumber(line.completion_tokens / 1000),
  ];
}

function total(name: string, lines: readonly Line[], currency: string): string[] {
  const sum = (of: (line: Line) => number | null) =>
    lines.reduce((total, line) => total + (of(line) ?? 0), 0);
  const priced = lines.filter((line) => line.cost !== null);
  const amount = money(sum((line) => line.cost), currency);
  const timed = lines.some((line) => line.duration_s !== null);
  return [
    ...figuresOf({
      name: `**${name}**`,
      paid: "",
      duration_s: timed ? sum((line) => line.duration_s) : null,
      requests: sum((line) => line.requests),
      prompt_tokens: sum((line) => line.prompt_tokens),
      completion_tokens: sum((line) => line.completion_tokens),
      cost: null,
    }),
    priced.length === lines.length
      ? `**${amount}**`
      : priced.length === 0
      ? "**not known**"
      : `**${amount}** and what has no price`,
  ];
}
