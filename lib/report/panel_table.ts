/** What a panel of judges did, and what it cost. */

import {
  escapeMarkdown,
  type JudgeSummary,
  type PanelSummary,
  showJudgingCost,
  showNumber,
  showPercent,
  showVerdictType,
  unpricedOf,
} from "../core/mod.ts";
import { money, paragraphs, table } from "./markdown.ts";

/** One line a judge, the ways to the verdicts, and how far the judges agree; null, and nothing is shown, without a panel. */
export function panelTable(panel: PanelSummary | null, currency: string): string | null {
  if (panel === null) return null;
  const shown = (value: number) => money(value, currency);
  const count = (heading: string, value: (judge: JudgeSummary) => number) => ({
    heading,
    cell: (judge: JudgeSummary) => showNumber(value(judge), 12),
  });
  const judges = table(panel.judges, [
    { heading: "Judge", align: "left", cell: ({ judge }) => escapeMarkdown(judge) },
    count("Right", ({ correct }) => correct),
    count("Wrong", ({ incorrect }) => incorrect),
    count("No vote", ({ unparsable, failed }) => unparsable + failed),
    count("Calls", ({ calls }) => calls),
    { heading: "Cost", cell: (judge) => showJudgingCost(judge, shown) },
    {
      heading: "Of its own family",
      align: "left",
      cell: ({ own_family }) => own_family.length === 0 ? "none" : escapeMarkdown(own_family.join(", ")),
    },
  ]);
  const types = panel.verdict_types.map(({ verdict_type, count, fraction }) =>
    `${showNumber(count, 12)} ${showVerdictType(verdict_type)} (${showPercent(fraction)})`
  );
  const beyond = panel.kappa === null
    ? "Fleiss' kappa, their agreement beyond chance, is not defined here."
    : `Fleiss' kappa, their agreement beyond chance, is ${showNumber(panel.kappa, 2)} on the ${
      showNumber(panel.kappa_answers, 12)
    } answers on which all of them voted.`;
  return paragraphs(
    `A panel of ${panel.judges.length} judges voted on ${
      showNumber(panel.answers, 12)
    } distinct answers; the majority is the verdict. ` +
      `${judgingCost(panel, shown)} ${beyond}`,
    judges,
    types.length === 0 ? null : `Verdicts: ${types.join(", ")}.`,
    panel.embedding
      ? `Of that, embedding by ${escapeMarkdown(panel.embedding.model_id)}: ${
        showJudgingCost(panel.embedding, shown)
      }.`
      : null,
    (panel.taken_over ?? 0) > 0
      ? `${showNumber(panel.taken_over ?? 0, 12)} votes are those of an earlier run, which paid for them.`
      : null,
    panel.stopped_by === null ? null : `**Judging was stopped (${panel.stopped_by}): votes are lacking.**`,
    panel.judges.some(({ own_family }) => own_family.length > 0)
      ? "A judge may favour models of its own family."
      : null,
  );
}

/** What judging cost as far as there are prices, and what that leaves out. */
function judgingCost(panel: PanelSummary, shown: (cost: number) => string): string {
  const left = escapeMarkdown(unpricedOf(panel).join(", "));
  if (panel.cost === null) return "What judging cost is not known, as no price is given.";
  const cost = shown(panel.cost);
  return left === "" ? `Judging cost ${cost}.` : `Judging cost ${cost} and what has no price (${left}).`;
}
