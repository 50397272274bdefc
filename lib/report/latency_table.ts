/** Latencies, token timings, errors and throughput of every cell. */

import {
  type CellSummary,
  escapeMarkdown,
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

/** From this many milliseconds on, figures of a kind are given in seconds. */
const inSeconds = 10_000;

/**
 * One table a payload file, one line an experiment and load: E2E latency (p50, p95 with its 95 % interval, p99), response
 * time where it differs, TTFT, TPOT, gaps between chunks, errors, transactions per minute. Columns of token timings are left out when nothing was streamed.
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
    figures.some((estimate) => estimate?.flagged && estimate.value !== null)
      ? `${fewSamples} Few samples: fewer than 5/(1 − p) for a percentile p. Take it as rough.`
      : null,
    figures.some((estimate) => estimate && estimate.value === null)
      ? "– Hidden: fewer samples than 1/(1 − p), or nothing was measured."
      : null,
  );
}

function columns(cells: readonly CellSummary[]): Column<CellSummary>[] {
  const streamed = cells.some((cell) => cell.ttft_ms !== null);
  const e2e = unitOf(
    cells.map((cell) => cell.e2e_ms.p99.value ?? cell.e2e_ms.p95.value ?? cell.e2e_ms.p50.value),
  );
  const apart = !sentAtOnce(cells);
  const ttft = unitOf(cells.map((cell) => cell.ttft_ms?.p95.value ?? cell.ttft_ms?.p50.value ?? null));
  const timings: Column<CellSummary>[] = [
    { heading: `TTFT p50 (${ttft.name})`, cell: (cell) => figure(cell.ttft_ms?.p50, ttft.ms) },
    { heading: `TTFT p95 (${ttft.name})`, cell: (cell) => figure(cell.ttft_ms?.p95, ttft.ms) },
    { heading: "TPOT p50 (ms)", cell: (cell) => figure(cell.tpot_ms?.p50) },
    { heading: "ITL p99 (ms)", cell: (cell) => figure(cell.itl_ms?.p99) },
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
    ...(streamed ? timings : []),
    { heading: "Errors", cell: (cell) => showPercent(cell.error_rate.value) },
    { heading: "Per minute", cell: (cell) => showNumber(cell.transactions_per_minute) },
  ];
}

function unitOf(milliseconds: readonly (number | null)[]): { readonly name: string; readonly ms: number } {
  const long = milliseconds.some((value) => value !== null && value >= inSeconds);
  return long ? { name: "s", ms: 1000 } : { name: "ms", ms: 1 };
}
