/** What step 4 tells of its judges: what they took and gave, how they agree with each other and with a person. */

import {
  type EmbeddingAccount,
  escapeMarkdown,
  type PanelSummary,
  showJudgingCost,
  showMoney,
  showNumber,
  showPercent,
  showVerdictType,
  unpricedOf,
} from "../../core/mod.ts";
import { labelAgreement, readVerdicts } from "../../evaluate/mod.ts";
import { attempt, type StepContext } from "../context.ts";
import { table } from "../table.ts";
import { embeddingOf } from "./answer_similarity.ts";
import { readAbsence } from "./panel_absence.ts";
import { readPanel } from "./panel_file.ts";
import { readLabels, reviewFile } from "./review_sheet.ts";

/** A table with a line a judge, and what they came to together; a sentence where no panel was asked. */
export function judgePanel(step: StepContext): Promise<string> {
  return attempt(step, async () => {
    const panel = await readPanel(step.run.paths);
    const { currency } = step.loaded.prices.meta;
    const money = (value: number) => showMoney(value, currency);
    if (panel === null) {
      const embedding = await embeddingOf(step.run.paths);
      const why = whyNone(step, await readAbsence(step.run.paths));
      return embedding === null ? why : `${why} ${embeddingWords(embedding, money)}`;
    }
    const rows = panel.judges.map((judge) => [
      judge.judge,
      judge.correct,
      judge.incorrect,
      judge.unparsable,
      judge.failed,
      judge.calls,
      judge.prompt_tokens,
      judge.completion_tokens,
      showJudgingCost(judge, money),
      judge.own_family.join(", ") || "none",
    ]);
    const header = [
      "judge",
      "right",
      "wrong",
      "unreadable",
      "failed",
      "calls",
      "tokens read",
      "tokens written",
    ];
    return [
      table([...header, "cost", "of its own family"], rows),
      table(
        ["how the panel came to it", "answers", "of that verdict"],
        panel.verdict_types.map(({ verdict_type, count, fraction }) => [
          showVerdictType(verdict_type),
          count,
          showPercent(fraction),
        ]),
      ),
      panelWords(panel, money),
    ].join("\n\n");
  });
}

function whyNone(
  { config: { evaluation }, loaded: { notices } }: StepContext,
  absence: string | null,
): string {
  if (evaluation.panel === false) {
    const why = notices.find(({ key }) => key === "model_evaluations")?.text;
    return evaluation.judges === null
      ? "No panel was asked: the config names no judges."
      : `No panel was asked: ${why === undefined ? "`evaluation.panel` says no" : `the config ${why}`}.`;
  }
  return absence === null
    ? "No panel was asked: there was nothing to judge."
    : `No panel was asked, answers are scored without it. ${escapeMarkdown(absence)}`;
}

function embeddingWords(embedding: EmbeddingAccount, money: (value: number) => string): string {
  const { model_id, calls, prompt_tokens } = embedding;
  return `${model_id} embedded in ${calls} calls, ${prompt_tokens} tokens, cost: ${
    showJudgingCost(embedding, money)
  }.`;
}

function panelWords(panel: PanelSummary, money: (value: number) => string): string {
  const { answers, calls, kappa, kappa_answers, resumed, taken_over = 0, again, stopped_by, embedding } =
    panel;
  const left = unpricedOf(panel);
  const cost = panel.cost === null
    ? "no price"
    : `${money(panel.cost)}${left.length === 0 ? "" : ` and what has no price (${left.join(", ")})`}`;
  const sentences = [
    `${answers} distinct answers, ${calls} calls of judges in all starts, cost: ${cost}.`,
    embedding ? embeddingWords(embedding, money) : null,
    kappa === null
      ? "The agreement of the judges beyond chance (Fleiss' kappa) is not defined here."
      : `The judges agree beyond chance by a Fleiss' kappa of ${
        showNumber(kappa, 2)
      } (${kappa_answers} answers on which all voted).`,
    resumed > 0 ? `${resumed} votes were there from an earlier start.` : null,
    taken_over > 0 ? `${taken_over} votes are those of an earlier run, which paid for them.` : null,
    again > 0 ? `${again} calls were in flight when that start was cut off, and were made again.` : null,
    stopped_by === null ? null : `**Votes are lacking: judging was stopped (${stopped_by}).**`,
    panel.judges.some(({ own_family }) => own_family.length > 0)
      ? "A judge may favour models of its own family."
      : null,
  ];
  return sentences.filter((sentence) => sentence !== null).join(" ");
}

/** How far the verdicts, and each judge, agree with the labels that a person has put into the sheet. */
export function humanAgreement(step: StepContext): Promise<string> {
  return attempt(step, async () => {
    const { paths } = step.run;
    const labels = await readLabels(paths);
    if (labels.size === 0) {
      return `No answer has a label of a person. Put \`correct\` or \`incorrect\` into the column \`label\` of ${
        reviewFile(paths)
      }, and run this notebook again.`;
    }
    const rows = labelAgreement(labels, await readVerdicts(paths.verdicts)).map((pair) => [
      pair.other,
      pair.n,
      pair.agreement === null ? null : showPercent(pair.agreement),
      pair.kappa,
    ]);
    return [
      `${labels.size} answers have a label of a person.`,
      table(["compared with the labels", "answers", "the same", "Cohen's kappa"], rows),
    ].join("\n\n");
  });
}
