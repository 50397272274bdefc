/** What a reader of a study must hold against its answer. Plain text. */

import { showNumber, showPercent, type StudyFigures, type StudyVariant } from "../core/mod.ts";
import type { StudyContext } from "./study_context.ts";
import { countOf, showSpan } from "./study_words.ts";

/** With fewer prompts the figures say little about other ones. */
export const fewPrompts = 20;
/** Notices that are told; more are counted. */
const mostNotices = 3;

/** The caveats, what weighs most first; none where nothing stands against the answer. */
export function studyCaveats(figures: StudyFigures, context: StudyContext): string[] {
  const { variants, notices } = figures;
  const line = (
    begin: string,
    share: (variant: StudyVariant) => number | null,
    end = "",
    show = showPercent,
  ) => {
    const said = rangeWords(variants, share, show);
    return said === null ? [] : [`${begin}${said}${end}.`];
  };
  const measured = variants.filter(({ ok }) => ok > 0);
  const prompts = Math.max(0, ...measured.map((variant) => variant.prompts));
  return [
    ...(context.simulated
      ? ["The endpoint was simulated: its timings are made up and say nothing about any real model."]
      : []),
    ...line("Failed calls: ", ({ calls, ok }) => calls === 0 ? null : (calls - ok) / calls),
    ...line(
      "Throttled: ",
      ({ throttle_rate }) => throttle_rate.value,
      "; the account's limits, not the model, set these",
    ),
    ...line(
      "Answers served otherwise than asked, and kept out of the figures: ",
      ({ served_otherwise, ok }) => ok === 0 ? null : served_otherwise / ok,
    ),
    ...line(
      "Answers of which the server did not say how it served them: ",
      ({ served_unknown, ok, profile }) => profile === null || ok === 0 ? null : served_unknown / ok,
    ),
    ...gapWords(figures),
    ...(measured.length > 0 && prompts > 0 && prompts < fewPrompts
      ? [`Only ${countOf(prompts, "prompt")}: other prompts may come out otherwise.`]
      : []),
    ...line(
      "Answers cut off by the cap, so that E2E says less: ",
      ({ cut, ok }) => ok === 0 ? null : cut / ok,
    ),
    ...line(
      "Prompt tokens out of the provider's cache in each call: ",
      ({ cached_prompt_tokens_mean }) => cached_prompt_tokens_mean,
      "",
      (tokens) => showNumber(tokens),
    ),
    ...notices.slice(0, mostNotices),
    ...(notices.length > mostNotices
      ? [`In the analysis: ${countOf(notices.length - mostNotices, "more notice")}.`]
      : []),
  ];
}

/** Of one variant its value, of several the range and who has the most; null: none has any. */
function rangeWords(
  variants: readonly StudyVariant[],
  valueOf: (variant: StudyVariant) => number | null,
  show: (value: number) => string,
): string | null {
  const rows = variants.flatMap((variant) => {
    const value = valueOf(variant);
    return value === null ? [] : [{ name: variant.experiment_name, value }];
  }).sort((a, b) => b.value - a.value);
  const [most] = rows;
  const least = rows.at(-1);
  if (most === undefined || least === undefined || most.value === 0) return null;
  if (variants.length === 1) return show(most.value);
  const others = rows.length === 1
    ? ""
    : least.value === most.value
    ? ", the same of all"
    : `, others ${rows.length === 2 ? "" : "from "}${show(least.value)}${rows.length === 2 ? "" : " up"}`;
  return `${show(most.value)} (${most.name})${others}`;
}

function gapWords({ gaps }: StudyFigures): string[] {
  const lost = gaps.filter(({ kind }) => kind !== "clock_step");
  const steps = gaps.length - lost.length;
  const ms = lost.reduce((sum, gap) => sum + Math.max(0, gap.ms), 0);
  return [
    ...(lost.length === 0
      ? []
      : [`${countOf(lost.length, "gap")} of ${showSpan(ms)} in all, in which nothing was sent.`]),
    ...(steps === 0 ? [] : [
      `The wall clock was set ${steps === 1 ? "once" : `${steps} times`}; durations are not touched by it.`,
    ]),
  ];
}
