/** A study's one page for a manager, as Markdown. */

import { escapeMarkdown, type StudyFigures } from "../core/mod.ts";
import { paragraphs } from "./markdown.ts";
import { studyAnswer } from "./study_answer.ts";
import type { StudyContext } from "./study_context.ts";

/** Which variant to choose, by how much, how sure, what it rests on, what stands against it, what to do next. */
export function studySummary(figures: StudyFigures, context: StudyContext): string {
  const { headline, sections } = studyAnswer(figures, context);
  return paragraphs(
    context.simulated ? simulatedStudy : null,
    `**${escapeMarkdown(headline)}**`,
    ...sections.map(({ heading, points }) =>
      `**${heading}**\n\n${points.map((point) => `- ${escapeMarkdown(point)}`).join("\n")}`
    ),
  );
}

/** Said before anything else. */
export const simulatedStudy =
  "> **Simulated endpoint.** These figures come from the endpoint that is embedded in this program. They show what a " +
  "study looks like; they say nothing about any real model.";
