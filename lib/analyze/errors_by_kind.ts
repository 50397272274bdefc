/** Which failures each cell had. */

import { type Cell, eachCell } from "./attempts.ts";
import type { Requests } from "./frame.ts";

/** Requests of the measure phase of one cell whose final attempt failed in one way. */
export interface FailureCount {
  readonly experiment_name: string;
  readonly payload_file: string;
  /** null in open loop. */
  readonly concurrency: number | null;
  /** null in closed loop. */
  readonly request_rate_rps: number | null;
  readonly error_kind: string;
  readonly count: number;
}

/** Failures by cell and kind, sorted. */
export function errorsByKind(requests: Requests): FailureCount[] {
  return eachCell(requests).toArray().flatMap(failuresOf);
}

/** The failures of one cell, the frequent ones first. */
export function failuresOf(cell: Cell): FailureCount[] {
  const failed = cell.finals.labelled("status", "error");
  const { experiment_name, payload_file, concurrency, request_rate_rps } = cell;
  return [...failed.countBy("error_kind")].map(([kind, count]) => ({
    ...{ experiment_name, payload_file, concurrency, request_rate_rps },
    error_kind: kind ?? "unknown",
    count,
  })).sort((a, b) => b.count - a.count || a.error_kind.localeCompare(b.error_kind));
}
