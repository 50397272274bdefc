/** When the tokens of an answer came. */

import { type CellSummary, escapeMarkdown, isUnstreamed, loadHeading, showLoad } from "../core/mod.ts";
import { byPayloadFile, type Column, figure, paragraphs, sampleNotes, table, unitOf } from "./markdown.ts";

/** Stands for the timings of tokens that came all at once. */
const unstreamed = "not streamed";

/**
 * One table a payload file, one line an experiment and load: time to the first token, time per token after it, longest gaps, speed of
 * one answer. Where answers came in one piece the line says so.
 */
export function tokenTimingTable(cells: readonly CellSummary[]): string {
  if (cells.length === 0) return "No request was measured.";
  if (cells.every(isUnstreamed)) {
    return "No answer was streamed: they came in one piece, so that TTFT, TPOT and ITL are not known.";
  }
  const figures = cells.flatMap((cell) => [
    ...[cell.ttft_ms?.p50, cell.ttft_ms?.p95, cell.ttft_ms?.p99],
    ...[cell.tpot_ms?.p50, cell.tpot_ms?.p95, cell.itl_ms?.p99],
  ]);
  return paragraphs(
    byPayloadFile(cells, (rows) => table(rows, columns(cells))),
    "TTFT: time to the first token. TPOT: mean time of one answer's tokens after it. ITL: gaps between chunks, all together. Tokens/s: of one answer.",
    cells.some(isUnstreamed)
      ? "Not streamed: the answers came in one piece, so that TTFT, TPOT and ITL are not known."
      : null,
    ...sampleNotes(figures),
  );
}

function columns(cells: readonly CellSummary[]): Column<CellSummary>[] {
  const timing = (text: (cell: CellSummary) => string) => (cell: CellSummary) =>
    isUnstreamed(cell) ? "–" : text(cell);
  const ttft = unitOf(cells.map((cell) => cell.ttft_ms?.p95.value ?? cell.ttft_ms?.p50.value ?? null));
  return [
    { heading: "Experiment", align: "left", cell: (cell) => escapeMarkdown(cell.experiment_name) },
    { heading: loadHeading(cells), cell: (cell) => showLoad(cell) },
    {
      heading: `TTFT p50 (${ttft.name})`,
      cell: (cell) => isUnstreamed(cell) ? unstreamed : figure(cell.ttft_ms?.p50, ttft.ms),
    },
    { heading: "p95", cell: timing((cell) => figure(cell.ttft_ms?.p95, ttft.ms)) },
    { heading: "p99", cell: timing((cell) => figure(cell.ttft_ms?.p99, ttft.ms)) },
    { heading: "TPOT p50 (ms)", cell: timing((cell) => figure(cell.tpot_ms?.p50)) },
    { heading: "p95", cell: timing((cell) => figure(cell.tpot_ms?.p95)) },
    { heading: "ITL p99 (ms)", cell: timing((cell) => figure(cell.itl_ms?.p99)) },
    { heading: "Tokens/s p50", cell: timing((cell) => figure(cell.output_tokens_per_s?.p50)) },
  ];
}
