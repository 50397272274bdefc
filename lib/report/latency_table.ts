/** Latencies, token timings, errors and throughput of every cell. */

import {
  type CellSummary,
  escapeMarkdown,
  isUnstreamed,
  loadHeading,
  sentAtOnce,
  showLoad,
  showNumber,
  showPercent,
} from "../core/mod.ts";
import {
  byPayloadFile,
  type Column,
  fewSamples,
  figure,
  figureWithInterval,
  paragraphs,
  table,
} from "./markdown.ts";

/** Stands for the timings of tokens that came all at once. */
const unstreamed = "not streamed";

/** From this many milliseconds on, figures of a kind are given in seconds. */
const inSeconds = 10_000;

/**
 * One table a payload file, one line an experiment and load: E2E latency (p50, p95 with its 95 % interval, p99), response
 * time where it differs, TTFT, TPOT, gaps between chunks, repeated prompts where there are any, errors, transactions per minute. Where answers came in one piece, the columns of token timings say so.
 */
export function latencyTable(cells: readonly CellSummary[]): string {
  if (cells.length === 0) return "No request was measured.";
  const tables = byPayloadFile(cells, (rows) => table(rows, columns(cells)));
  const figures = cells.flatMap((cell) => [
    ...[cell.e2e_ms.p50, cell.e2e_ms.p95, cell.e2e_ms.p99],
    ...[cell.ttft_ms?.p50, cell.ttft_ms?.p95, cell.tpot_ms?.p50, cell.itl_ms?.p99],
  ]);
  return paragraphs(
    tables,
    "p95 with its 95 % interval in brackets; latencies are of successful requests only, which n counts. " +
      (cells.some(({ concurrency }) => concurrency === null)
        ? "Load: requests held in flight all the time, or arrivals per second (/s), whatever is in flight."
        : "In flight: requests held in flight all the time."),
    sentAtOnce(cells)
      ? null
      : "Response: from the time a request was due (in closed loop, first sent) to its end, waits and retries included. Budgets are held to it.",
    repeats(cells)
      ? "Repeated: share of these requests whose prompt had been sent before at the same load; they may hit a prompt cache."
      : null,
    cells.some(isUnstreamed)
      ? "Not streamed: the answers came in one piece, so that TTFT, TPOT and ITL are not known."
      : null,
    figures.some((estimate) => estimate?.flagged && estimate.value !== null)
      ? `${fewSamples} Few samples: fewer than 5/(1 − p) for a percentile p. Take it as rough.`
      : null,
    figures.some((estimate) => estimate && estimate.value === null)
      ? "– Hidden: fewer samples than 1/(1 − p), or nothing was measured."
      : null,
  );
}

/** Whether a prompt was measured more than once somewhere. */
function repeats(cells: readonly CellSummary[]): boolean {
  return cells.some(({ repeated_share }) => repeated_share !== null && repeated_share > 0);
}

function columns(cells: readonly CellSummary[]): Column<CellSummary>[] {
  const timing = (text: (cell: CellSummary) => string) => (cell: CellSummary) =>
    isUnstreamed(cell) ? unstreamed : text(cell);
  const e2e = unitOf(
    cells.map((cell) => cell.e2e_ms.p99.value ?? cell.e2e_ms.p95.value ?? cell.e2e_ms.p50.value),
  );
  const apart = !sentAtOnce(cells);
  const ttft = unitOf(cells.map((cell) => cell.ttft_ms?.p95.value ?? cell.ttft_ms?.p50.value ?? null));
  const timings: Column<CellSummary>[] = [
    { heading: `TTFT p50 (${ttft.name})`, cell: timing((cell) => figure(cell.ttft_ms?.p50, ttft.ms)) },
    { heading: `TTFT p95 (${ttft.name})`, cell: timing((cell) => figure(cell.ttft_ms?.p95, ttft.ms)) },
    { heading: "TPOT p50 (ms)", cell: timing((cell) => figure(cell.tpot_ms?.p50)) },
    { heading: "ITL p99 (ms)", cell: timing((cell) => figure(cell.itl_ms?.p99)) },
  ];
  return [
    { heading: "Experiment", align: "left", cell: (cell) => escapeMarkdown(cell.experiment_name) },
    { heading: loadHeading(cells), cell: (cell) => showLoad(cell) },
    { heading: "n", cell: (cell) => showNumber(cell.e2e_ms.p50.n, 12) },
    { heading: `E2E p50 (${e2e.name})`, cell: (cell) => figure(cell.e2e_ms.p50, e2e.ms) },
    { heading: `E2E p95 (${e2e.name})`, cell: (cell) => figureWithInterval(cell.e2e_ms.p95, e2e.ms) },
    { heading: `E2E p99 (${e2e.name})`, cell: (cell) => figure(cell.e2e_ms.p99, e2e.ms) },
    ...(apart
      ? [{
        heading: `Response p95 (${e2e.name})`,
        cell: (cell: CellSummary) => figureWithInterval(cell.response_ms.p95, e2e.ms),
      }]
      : []),
    ...timings,
    ...(repeats(cells)
      ? [{
        heading: "Repeated (may hit a prompt cache)",
        cell: (cell: CellSummary) => showPercent(cell.repeated_share),
      }]
      : []),
    { heading: "Errors", cell: (cell) => showPercent(cell.error_rate.value) },
    { heading: "Per minute", cell: (cell) => showNumber(cell.transactions_per_minute) },
  ];
}

function unitOf(milliseconds: readonly (number | null)[]): { readonly name: string; readonly ms: number } {
  const long = milliseconds.some((value) => value !== null && value >= inSeconds);
  return long ? { name: "s", ms: 1000 } : { name: "ms", ms: 1 };
}
