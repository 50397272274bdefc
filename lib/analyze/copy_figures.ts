/** What the copies of an endpoint got of the requests, and how each of them answered. */

import type { CopyFigure } from "../core/mod.ts";
import { percentiles } from "../metrics/mod.ts";
import type { AttemptRows } from "./attempt_rows.ts";
import { type Cell, eachCell, release } from "./attempts.ts";
import { lazily, type Requests } from "./frame.ts";

/**
 * The attempts of the measure phase by cell and copy, sorted; empty where every endpoint had one copy, or something else than this
 * program shared requests among them.
 *
 * @param requests also of a run by an earlier version, whose attempts name no copy
 */
export function copyFigures(requests: Requests): CopyFigure[] {
  if (!lazily(requests).columns.includes("replica")) return [];
  return eachCell(requests).toArray().flatMap(copiesOf);
}

/** Those of one cell. */
export function copiesOf(cell: Cell): CopyFigure[] {
  const measured = cell.attempts.labelled("phase", "measure");
  const replicas = new Set(measured.known("replica"));
  release(cell.attempts.columns);
  if (replicas.size === 0) return [];
  const copies = [...replicas].sort((a, b) => a - b).map((replica) => measured.numbered("replica", replica));
  const all = copies.reduce((sum, { length }) => sum + length, 0);
  const figures = copies.map((copy) => figureOf(cell, copy, all));
  release(cell.attempts.columns);
  return figures;
}

function figureOf(cell: Cell, attempts: AttemptRows, all: number): CopyFigure {
  const { experiment_name, payload_file, concurrency, request_rate_rps } = cell;
  const ok = attempts.labelled("status", "ok");
  return {
    ...{ experiment_name, payload_file, concurrency, request_rate_rps },
    replica: attempts.known("replica")[0]!,
    attempts: attempts.length,
    share: attempts.length / all,
    failed: attempts.labelled("status", "error").length,
    ttft_p50_ms: percentiles(ok.known("ttft_ms")).p50,
    e2e_p50_ms: percentiles(ok.known("e2e_ms")).p50,
  };
}
