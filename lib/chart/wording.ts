/** Words that several charts share. */

import {
  type CellSummary,
  describeLoad,
  type Estimate,
  type LatencyStatistic,
  sentAtOnce,
  showNumber,
} from "../core/mod.ts";

/** A payload file as a heading: without its ending. */
export function shortFile(file: string): string {
  return file.replace(/\.jsonl$/, "");
}

/** What the latencies of these cells are called. */
export function latencyName(cells: Parameters<typeof sentAtOnce>[0]): "E2E latency" | "response time" {
  return sentAtOnce(cells) ? "E2E latency" : "response time";
}

/** The statistic that a latency budget judges, of whatever the latencies are called: `p95 of the E2E latency`. */
export function judgedLatency(statistic: LatencyStatistic, of: string): string {
  return statistic === "mean" ? `mean ${of}` : `${statistic} of the ${of}`;
}

/** What is said where a reader points at a cell's mark: who at which load on what, then a line each of the rest. */
export function aboutCell(
  cell: Pick<CellSummary, "experiment_name" | "payload_file" | "concurrency" | "request_rate_rps">,
  ...lines: readonly (string | null)[]
): string {
  const where = `${cell.experiment_name}, ${describeLoad(cell)}, ${shortFile(cell.payload_file)}`.replace(
    /\s+/g,
    " ",
  );
  return [where, ...lines.filter((line) => line !== null)].join("\n");
}

/** A figure with its interval and samples, in a unit: `812 ms (95 %: 790 ms to 850 ms), n = 120`. */
export function showEstimate(
  { value, low, high, n }: Estimate,
  show: (value: number) => string,
): string {
  if (value === null) return `too few samples, n = ${showNumber(n, 9)}`;
  const interval = low !== null && high !== null
    ? ` (95 %: ${show(low)} to ${show(high)})`
    : low !== null
    ? ` (95 %: ${show(low)} or more)`
    : high !== null
    ? ` (95 %: ${show(high)} or less)`
    : "";
  return `${show(value)}${interval}, n = ${showNumber(n, 9)}`;
}

/** Milliseconds in words. */
export function showMs(value: number): string {
  return `${showNumber(value)} ms`;
}
