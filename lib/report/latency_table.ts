/** Latencies, errors and throughput of every cell. */

import {
  type CellSummary,
  escapeMarkdown,
  type LatencyStatistic,
  loadHeading,
  sentAtOnce,
  showLoad,
  showNumber,
  showPercent,
} from "../core/mod.ts";
import {
  byPayloadFile,
  type Column,
  figure,
  figureWithInterval,
  paragraphs,
  sampleNotes,
  table,
  unitOf,
} from "./markdown.ts";

/**
 * One table a payload file, one line an experiment and load: E2E latency (p50, p95 with its 95 % interval, p99), what the latency budget judges
 * where that is something else, repeated prompts where there are any, errors, transactions per minute.
 */
export function latencyTable(cells: readonly CellSummary[], statistic: LatencyStatistic = "p95"): string {
  if (cells.length === 0) return "No request was measured.";
  const tables = byPayloadFile(cells, (rows) => table(rows, columns(cells, statistic)));
  const figures = cells.flatMap((cell) => [cell.e2e_ms.p50, cell.e2e_ms.p95, cell.e2e_ms.p99]);
  return paragraphs(
    tables,
    "p95 with its 95 % interval in brackets; latencies are of successful requests only, which n counts. " +
      (cells.some(({ concurrency }) => concurrency === null)
        ? "Load: requests held in flight all the time, or arrivals per second (/s), whatever is in flight."
        : "In flight: requests held in flight all the time."),
    isApart(cells, statistic)
      ? `Response ${statistic}: what the latency budget is held to. From the time a request was due (in closed loop, first sent) to its end, waits and retries included.`
      : null,
    repeats(cells)
      ? "Repeated: share of these requests whose prompt had been sent before at the same load; they may hit a prompt cache."
      : null,
    ...sampleNotes(figures),
  );
}

/** Whether the budget judges another figure than the p95 of the E2E latency. */
function isApart(cells: readonly CellSummary[], statistic: LatencyStatistic): boolean {
  return statistic !== "p95" || !sentAtOnce(cells);
}

/** Whether a prompt was measured more than once somewhere. */
function repeats(cells: readonly CellSummary[]): boolean {
  return cells.some(({ repeated_share }) => repeated_share !== null && repeated_share > 0);
}

function columns(cells: readonly CellSummary[], statistic: LatencyStatistic): Column<CellSummary>[] {
  const e2e = unitOf(
    cells.map((cell) => cell.e2e_ms.p99.value ?? cell.e2e_ms.p95.value ?? cell.e2e_ms.p50.value),
  );
  return [
    { heading: "Experiment", align: "left", cell: (cell) => escapeMarkdown(cell.experiment_name) },
    { heading: loadHeading(cells), cell: (cell) => showLoad(cell) },
    { heading: "n", cell: (cell) => showNumber(cell.e2e_ms.p50.n, 12) },
    { heading: `E2E p50 (${e2e.name})`, cell: (cell) => figure(cell.e2e_ms.p50, e2e.ms) },
    { heading: "p95", cell: (cell) => figureWithInterval(cell.e2e_ms.p95, e2e.ms) },
    { heading: "p99", cell: (cell) => figure(cell.e2e_ms.p99, e2e.ms) },
    ...(isApart(cells, statistic)
      ? [{
        heading: `Response ${statistic} (${e2e.name})`,
        cell: (cell: CellSummary) => figureWithInterval(cell.latency_ms, e2e.ms),
      }]
      : []),
    ...(repeats(cells)
      ? [{ heading: "Repeated", cell: (cell: CellSummary) => showPercent(cell.repeated_share) }]
      : []),
    { heading: "Errors", cell: (cell) => showPercent(cell.error_rate.value) },
    { heading: "Per minute", cell: (cell) => showNumber(cell.transactions_per_minute) },
  ];
}
