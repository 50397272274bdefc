/** What the copies of an endpoint got, and how each of them answered. */

import { type CopyFigure, escapeMarkdown, loadHeading, showLoad, showNumber } from "../core/mod.ts";
import { byPayloadFile, figure, paragraphs, sampleNotes, table, unitOf } from "./markdown.ts";

/** One table a payload file, one line a copy of each experiment and load; a sentence where there is nothing to compare. */
export function copyTable(figures: readonly CopyFigure[]): string {
  if (figures.length === 0) return "No endpoint had several copies that this program shared requests among.";
  const ttft = unitOf(figures.map(({ ttft_p50_ms }) => ttft_p50_ms?.value ?? null));
  const e2e = unitOf(figures.map(({ e2e_p50_ms }) => e2e_p50_ms?.value ?? null));
  return paragraphs(
    byPayloadFile(figures, (rows) =>
      table(rows, [
        {
          heading: "Experiment",
          align: "left",
          cell: ({ experiment_name }) => escapeMarkdown(experiment_name),
        },
        { heading: loadHeading(figures), cell: (row) => showLoad(row) },
        { heading: "Copy", cell: ({ replica }) => String(replica) },
        { heading: "Requests", cell: ({ attempts }) => showNumber(attempts, 12) },
        { heading: "Share", cell: ({ share }) => `${(share * 100).toFixed(1)} %` },
        { heading: "Failed", cell: ({ failed }) => showNumber(failed, 12) },
        { heading: `TTFT p50 (${ttft.name})`, cell: ({ ttft_p50_ms }) => figure(ttft_p50_ms, ttft.ms) },
        { heading: `E2E p50 (${e2e.name})`, cell: ({ e2e_p50_ms }) => figure(e2e_p50_ms, e2e.ms) },
      ])),
    "Each request went to the copy with the least in flight; every attempt counts where it was sent.",
    ...sampleNotes(figures.flatMap(({ ttft_p50_ms, e2e_p50_ms }) => [ttft_p50_ms, e2e_p50_ms])),
  );
}
