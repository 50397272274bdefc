/** What would make a study's answer better. Plain text. */

import { showNumber, showPercent, type StudyFigures } from "../core/mod.ts";
import { fewPrompts } from "./study_caveats.ts";
import type { StudyChoice } from "./study_choice.ts";
import type { StudyContext } from "./study_context.ts";
import { countOf } from "./study_words.ts";

const day = 86_400_000;

/** What to do next, what matters most first. */
export function nextSteps(figures: StudyFigures, context: StudyContext, choice: StudyChoice): string[] {
  if (choice.kind === "nothing") return ["Look at the errors first, then run the study again."];
  const { variants, from_at, until_at } = figures;
  const span = from_at === null || until_at === null ? 0 : Date.parse(until_at) - Date.parse(from_at);
  const prompts = Math.max(0, ...variants.map((variant) => variant.prompts));
  const otherwise = variants.filter(({ served_otherwise }) => served_otherwise > 0);
  return [
    ...(context.simulated ? ["Run it against the real endpoints."] : []),
    ...(choice.kind === "one"
      ? ["Add a second variant with the same prompts: only then is there a choice."]
      : []),
    ...(choice.kind === "errors"
      ? [
        "Find out why the faster one fails, or say what a failed call costs you: that decides, not the speed.",
      ]
      : []),
    ...(choice.kind === "trade-off"
      ? ["Decide by what your users wait for: the first word, or the whole answer."]
      : []),
    ...moreCalls(figures, context, choice),
    ...(otherwise.length > 0
      ? ["Ask the provider why calls were served under another profile than the one asked for."]
      : []),
    ...(prompts < fewPrompts
      ? [`Use more prompts: ${fewPrompts} or more, like those of your own users.`]
      : []),
    ...(span < day
      ? ["Let it run for 24 hours or more, the busiest ones among them: latency goes with the hour."]
      : []),
  ];
}

function moreCalls(figures: StudyFigures, { precision }: StudyContext, choice: StudyChoice): string[] {
  const pairs = "over" in choice
    ? [...choice.over, ...choice.level].filter(({ figure }) => figure === "ttft_ms")
    : figures.pairs.filter(({ figure }) => figure === "ttft_ms");
  if (pairs.length === 0) return [];
  const another = choice.kind === "not enough data" ? "run another round." : null;
  if (precision === null) return another === null ? [] : ["Run another round."];
  const wanted = `the wanted precision of ±${showPercent(precision)}`;
  const needed = pairs.map(({ pairs_needed }) => pairs_needed);
  const known = needed.filter((count) => count !== null);
  if (known.length < needed.length) {
    return [
      `How many more calls ${wanted} takes is not known yet${
        another === null ? " for every comparison." : `: ${another}`
      }`,
    ];
  }
  const more = Math.max(...known);
  if (more === 0) return [`The changes in TTFT are known to ${wanted}: no more calls are needed.`];
  const rounded = Number(more.toPrecision(2));
  return [
    `About ${countOf(rounded, "more call")} of each variant (${
      showNumber(rounded, 12)
    } pairs) until each change in TTFT is known to ${wanted}.`,
  ];
}
