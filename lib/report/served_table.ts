/** What was asked of the endpoints, and what they say they served. */

import { escapeMarkdown, type ServedFigure, showNumber } from "../core/mod.ts";
import { paragraphs, table } from "./markdown.ts";

const names: Readonly<Record<ServedFigure["what"], string>> = {
  model: "model",
  service_tier: "service tier",
  latency_mode: "latency mode",
};

/** A line for whatever was served otherwise than it was asked for; and a sentence about what nobody said. */
export function servedTable(figures: readonly ServedFigure[]): string {
  if (figures.length === 0) return "No request was answered, so nobody said what was served.";
  const different = figures.filter(({ asked, served }) => served !== null && served !== asked);
  const silent = new Set(
    figures.filter(({ what, served }) => what === "model" && served === null).map((figure) =>
      escapeMarkdown(figure.experiment_name)
    ),
  );
  const said = figures.some(({ served }) => served !== null);
  return paragraphs(
    different.length > 0
      ? table(different, [
        {
          heading: "Experiment",
          align: "left",
          cell: ({ experiment_name }) => escapeMarkdown(experiment_name),
        },
        { heading: "What", align: "left", cell: ({ what }) => names[what] },
        {
          heading: "Asked",
          align: "left",
          cell: ({ asked }) => asked === null ? "nothing" : escapeMarkdown(asked),
        },
        { heading: "Served", align: "left", cell: ({ served }) => escapeMarkdown(served ?? "") },
        { heading: "Answers", cell: ({ answers }) => showNumber(answers, 12) },
      ])
      : said
      ? "Whatever the endpoints said of what they served is what was asked for."
      : null,
    silent.size === 0
      ? null
      : `Which model answered was not said by the endpoint of ${[...silent].join(", ")}.`,
  );
}
