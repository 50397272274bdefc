/** What the copies of an endpoint got of the requests, and how each of them answered. */

import { pl } from "nodejs-polars";
import type { CopyFigure, RequestRecord } from "../core/mod.ts";
import { percentiles } from "../metrics/mod.ts";
import { byCell, cellKey } from "./attempts.ts";
import { lazily, type Requests } from "./frame.ts";

const columns = [
  "experiment_name",
  "payload_file",
  "concurrency",
  "request_rate_rps",
  "replica",
  "status",
  "segment",
  "sent_at",
  "sent_ms",
  "ttft_ms",
  "e2e_ms",
] as const;
type Row = Pick<RequestRecord, (typeof columns)[number]>;

/**
 * The attempts of the measure phase by cell and copy, sorted; empty where every endpoint had one copy, or something else than this
 * program shared requests among them.
 *
 * @param requests also of a run by an earlier version, whose attempts name no copy
 */
export function copyFigures(requests: Requests): CopyFigure[] {
  const table = lazily(requests);
  if (!table.columns.includes("replica")) return [];
  const rows = table
    .filter(pl.col("phase").eq(pl.lit("measure")).and(pl.col("replica").isNotNull()))
    .select(...columns.map((name) => pl.col(name)))
    .sort({ by: ["sent_at", "sent_ms"], nullsLast: true, maintainOrder: true })
    .collectSync().toRecords() as unknown as Row[];
  return [...Map.groupBy(rows, cellKeyOf).values()].flatMap((cell) =>
    [...Map.groupBy(cell, ({ replica }) => replica).values()].map((copy) => figureOf(copy, cell.length))
  ).sort((a, b) => byCell(a, b) || a.replica - b.replica);
}

const cellKeyOf = ({ experiment_name, payload_file, ...load }: Row) =>
  cellKey({ ...load, experiment_name: experiment_name ?? "", payload_file: payload_file ?? "" });

function figureOf(attempts: readonly Row[], all: number): CopyFigure {
  const { experiment_name, payload_file, concurrency, request_rate_rps, replica } = attempts[0]!;
  const ok = attempts.filter(({ status }) => status === "ok");
  const median = (name: "ttft_ms" | "e2e_ms") =>
    percentiles(ok.map((row) => row[name]).filter((value) => value !== null)).p50;
  return {
    experiment_name: experiment_name ?? "",
    payload_file: payload_file ?? "",
    concurrency,
    request_rate_rps,
    replica: replica ?? 0,
    attempts: attempts.length,
    share: attempts.length / all,
    failed: attempts.filter(({ status }) => status === "error").length,
    ttft_p50_ms: median("ttft_ms"),
    e2e_p50_ms: median("e2e_ms"),
  };
}
