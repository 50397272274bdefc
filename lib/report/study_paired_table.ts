/** Variants of a study compared on the same prompts at the same time. */

import {
  escapeMarkdown,
  type PairedDifference,
  showNumber,
  showPercent,
  studyFigureKinds,
  type StudyFigures,
} from "../core/mod.ts";
import { paragraphs, table } from "./markdown.ts";
import type { StudyContext } from "./study_context.ts";
import { countOf, endsWords, probabilityNumber, signedPercent, signedSize } from "./study_words.ts";

/** A table for each pair of variants, with a line a figure; "" without pairs. */
export function pairedTable(
  { pairs }: Pick<StudyFigures, "pairs">,
  { precision }: Pick<StudyContext, "precision">,
): string {
  if (pairs.length === 0) return "";
  const comparisons = Map.groupBy(pairs, ({ candidate, baseline }) => JSON.stringify([candidate, baseline]));
  return paragraphs(
    ...[...comparisons.values()].flatMap((rows) => comparisonTable(rows, precision)),
    "A pair: one prompt on both variants, one call right after the other, both successful, served as asked, on an open connection. Change: of the " +
      "geometric mean over all pairs. The interval allows for calls with the same prompt resembling each other" +
      (pairs.some(({ clustered_by }) => clustered_by === "prompt and time")
        ? "; where prompts are few, also for calls at the same time."
        : "."),
    "Of TTFT and E2E less is better, of the speed more. That no difference is shown does not mean that there is none.",
  );
}

function comparisonTable(rows: readonly PairedDifference[], precision: number | null): string[] {
  const { candidate, baseline, prompts } = rows[0]!;
  return [
    `**${escapeMarkdown(candidate)}** against **${escapeMarkdown(baseline)}**, on ${
      countOf(prompts, "prompt")
    }`,
    table(rows, [
      { heading: "Figure", align: "left", cell: ({ figure }) => studyFigureKinds[figure].short },
      { heading: "Change", cell: ({ change }) => change.value === null ? "–" : signedPercent(change.value) },
      { heading: "95 % interval", cell: ({ change }) => endsWords(change, signedPercent) ?? "–" },
      { heading: "Median difference", cell: differenceText },
      { heading: "Better in", cell: ({ wins }) => showPercent(wins.value) },
      {
        heading: "Probability that it is better",
        cell: ({ probability }) => probability === null ? "–" : probabilityNumber(probability),
      },
      { heading: "Verdict", align: "left", cell: ({ verdict }) => verdict },
      { heading: "Pairs", cell: (pair) => showNumber(pair.pairs, 12) },
      ...precision === null ? [] : [{
        heading: `More for ±${showPercent(precision)}`,
        cell: ({ pairs_needed }: PairedDifference) => moreText(pairs_needed),
      }],
    ]),
  ];
}

function differenceText({ figure, difference }: PairedDifference): string {
  if (difference.value === null) return "–";
  const interval = endsWords(difference, (value) => signedSize(figure, value));
  return `${signedSize(figure, difference.value)}${interval === null ? "" : ` (${interval})`}`;
}

function moreText(needed: number | null): string {
  if (needed === null) return "not known";
  return needed === 0 ? "none" : showNumber(Number(needed.toPrecision(2)), 12);
}
