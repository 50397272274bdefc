/** What a reader must know of a study before believing a figure. */

import { showDuration, showPercent, type StudyGap, type StudyVariant } from "../core/mod.ts";
import type { StudyCalls } from "./study_calls.ts";
import type { StudySpan } from "./study_slices.ts";

/** Share of the answers that a cap may cut without a word. */
const fewCut = 0.1;
const day_ms = 86_400_000;

export interface StudyFacts {
  readonly calls: readonly StudyCalls[];
  readonly variants: readonly StudyVariant[];
  readonly gaps: readonly StudyGap[];
  /** null: nothing was called. */
  readonly span: StudySpan | null;
  /** Attempts that an interruption cut short. */
  readonly cancelled: number;
}

/** One sentence or two each: first what concerns the study, then what concerns single variants. */
export function studyNotices({ calls, variants, gaps, span, cancelled }: StudyFacts): string[] {
  if (span === null) return ["No call was made."];
  const length_ms = span.until_ms - span.from_ms;
  return [
    ...promptNotices(calls),
    ...gapNotices(calls, gaps),
    ...cancelled === 0
      ? []
      : [`Calls that an interruption cut short, which are in no figure and no rate: ${cancelled}.`],
    ...length_ms < day_ms
      ? [
        `The study lasted ${
          showDuration(length_ms)
        }: other hours and other days may be faster or slower than those it saw.`,
      ]
      : [],
    ...variants.flatMap(servedNotices),
    ...variants.filter(({ cut, ok }) => cut > fewCut * ok).map(cutNotice),
    ...calls.flatMap(countNotices),
  ];
}

function cutNotice({ experiment_name, cut, ok }: StudyVariant): string {
  return `${experiment_name}: the cap on the output tokens cut ${
    showPercent(cut / ok)
  } of the answers (${cut} of ${ok}). ` +
    `Their E2E latency says how long so many tokens take, not how long the answer takes.`;
}

function servedNotices({ experiment_name, profile, ok, ...served }: StudyVariant): string[] {
  const { served_otherwise, served_unknown } = served;
  const otherwise = served_otherwise === 0 ? [] : [
    `${experiment_name}: ${served_otherwise} of ${ok} successful calls (${
      showPercent(served_otherwise / ok)
    }) were not served ` +
    `as asked; they are in none of its figures and in no pair.`,
  ];
  const unknown = profile === null || served_unknown === 0 ? [] : [
    `${experiment_name}: under which profile ${served_unknown} of ${ok} successful calls were served is not known.`,
  ];
  return [...otherwise, ...unknown];
}

/** Tokens that somebody else than the server counted. */
function countNotices({ experiment, of, length }: StudyCalls): string[] {
  let others = 0;
  for (let i = 0; i < length; i++) {
    if (!Number.isNaN(of.output_tokens_per_s[i]!) && of.counted_by_server[i] === 0) others++;
  }
  return others === 0 ? [] : [
    `${experiment.experiment_name}: answers whose output tokens the server did not count: ${others}. Their speed is as right as that count.`,
  ];
}

function promptNotices(calls: readonly StudyCalls[]): string[] {
  return calls.some(({ of }) => of.prompt.some(Number.isNaN))
    ? [
      "Which call had which prompt is not known: intervals allow for calls that resemble those before them, not for calls with the same prompt. " +
      "They may be too narrow.",
    ]
    : [];
}

/** Failures that tell of the client's side. */
function gapNotices(calls: readonly StudyCalls[], gaps: readonly StudyGap[]): string[] {
  const own = gaps.filter(({ kind }) => kind === "network" || kind === "credentials").map((gap) => ({
    from: Date.parse(gap.from_at),
    until: gap.until_at === null ? Infinity : Date.parse(gap.until_at),
  }));
  let failed = 0;
  for (const { of, length } of calls) {
    for (let i = 0; i < length; i++) {
      const at = of.at_ms[i]!;
      if (of.ok[i] === 0 && own.some(({ from, until }) => at >= from && at <= until)) failed++;
    }
  }
  return failed === 0 ? [] : [
    `Failed calls in times without network or keys: ${failed}. They count in the error rates, which so tell of this side, too.`,
  ];
}
