/** Title of a study's report, and what a reader must know before believing a figure. */

import { escapeMarkdown, type StudyFigures } from "../core/mod.ts";
import { notices } from "./header.ts";
import { paragraphs } from "./markdown.ts";
import type { StudyContext } from "./study_context.ts";
import { simulatedStudy } from "./study_summary.ts";
import { countOf, showMinute, showSpan } from "./study_words.ts";

/** That the endpoint was simulated, where it was; the title; run, time, place and size; the notices. */
export function studyHeader(figures: StudyFigures, context: StudyContext): string {
  const { variants, from_at, until_at } = figures;
  const calls = variants.reduce((sum, variant) => sum + variant.calls, 0);
  const prompts = Math.max(0, ...variants.map((variant) => variant.prompts));
  const lines: [string, string][] = [
    ["Run", context.run_id],
    ["Written", `${showMinute(context.date)} UTC`],
    [
      "Studied",
      from_at === null || until_at === null
        ? "no call yet"
        : `${showMinute(from_at)} to ${showMinute(until_at)} UTC, ${
          showSpan(Date.parse(until_at) - Date.parse(from_at))
        }`,
    ],
    [
      "Size",
      `${countOf(calls, "call")}, ${countOf(variants.length, "variant")}, ${countOf(prompts, "prompt")}`,
    ],
    ["Sent from", context.client_region ?? "a place that is not known"],
  ];
  return paragraphs(
    context.simulated ? simulatedStudy : null,
    `# ${escapeMarkdown(context.title)}`,
    lines.map(([name, value]) => `- **${name}**: ${escapeMarkdown(value)}`).join("\n"),
    notices(figures.notices),
  );
}
