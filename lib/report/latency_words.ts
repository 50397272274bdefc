/** The statistic that the latency budget judges, in words. */

import {
  type CellSummary,
  type Estimate,
  type LatencyStatistic,
  sentAtOnce,
  showNumber,
} from "../core/mod.ts";

/** What finishes within a time: `95 % of the requests finish within`, or what the mean is. */
const finishing: Readonly<Record<LatencyStatistic, string>> = {
  p50: "half of the requests finish within",
  p95: "95 % of the requests finish within",
  p99: "99 % of the requests finish within",
  mean: "the mean response time is",
};

/** A clause: `95 % of the requests finish within 2 s`. */
export function finishWords(statistic: LatencyStatistic, duration: string): string {
  return `${finishing[statistic]} ${duration}`;
}

/** Of requests that were named before: `95 % of them within 2 s`, `2 s on average`. */
export function withinWords(statistic: LatencyStatistic, duration: string): string {
  if (statistic === "mean") return `within ${duration} on average`;
  const part = { p50: "half", p95: "95 %", p99: "99 %" }[statistic];
  return `${part} of them within ${duration}`;
}

/** As the subject of a sentence: `p95 latency`, `mean latency`. */
export function latencyName(statistic: LatencyStatistic): string {
  return `${statistic} latency`;
}

/** Heading of a column of what the budget judges: `E2E p95`, or `Response p95` where waits and retries set it apart. */
export function latencyHeading(statistic: LatencyStatistic, cells: readonly CellSummary[]): string {
  return `${sentAtOnce(cells) ? "E2E" : "Response"} ${statistic}`;
}

/** Interval and sample count of a figure: `95 % interval 790 ms to 820 ms, n = 200`. */
export function intervalWords(
  { low, high, n }: Pick<Estimate, "low" | "high" | "n">,
  show: (value: number) => string,
): string {
  const count = `n = ${showNumber(n, 12)}`;
  if (low === null && high === null) return `${count}, too few for an interval`;
  if (high === null) return `95 % interval from ${show(low!)} up, its upper end open, ${count}`;
  if (low === null) return `95 % interval up to ${show(high)}, its lower end open, ${count}`;
  return `95 % interval ${show(low)} to ${show(high)}, ${count}`;
}
