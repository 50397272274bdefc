/** Which failures each cell had. */

import { pl } from "nodejs-polars";
import type { RequestRecord } from "../core/mod.ts";
import { finalAttempts } from "../metrics/mod.ts";
import { byCell, cellKey } from "./attempts.ts";
import { lazily, type Requests } from "./frame.ts";

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

const columns = [
  "request_id",
  "attempt",
  "segment",
  "sent_at",
  "experiment_name",
  "payload_file",
  "concurrency",
  "request_rate_rps",
  "status",
  "error_kind",
] as const;
type Row = Pick<RequestRecord, (typeof columns)[number]>;

/** Failures by cell and kind, sorted; only the requests that met a failure leave Polars. */
export function errorsByKind(requests: Requests): FailureCount[] {
  const measured = lazily(requests).filter(pl.col("phase").eq(pl.lit("measure")));
  const isFailure = pl.col("status").eq(pl.lit("error"));
  const failed = measured.filter(isFailure).select("request_id").collectSync().unique();
  if (failed.height === 0) return [];
  const rows = measured.select(...columns.map((name) => pl.col(name)))
    .join(failed.lazy(), { on: "request_id", how: "semi" }).collectSync().toRecords() as unknown as Row[];
  const finals = finalAttempts(rows).filter(({ status }) => status === "error");
  const groups = Map.groupBy(finals, (row) => `${cellKey(row)} ${row.error_kind}`);
  return [...groups.values()].map((group) => {
    const { experiment_name, payload_file, concurrency, request_rate_rps, error_kind } = group[0]!;
    return {
      experiment_name: experiment_name ?? "",
      payload_file: payload_file ?? "",
      concurrency,
      request_rate_rps,
      error_kind: error_kind ?? "unknown",
      count: group.length,
    };
  }).sort((a, b) => byCell(a, b) || b.count - a.count || a.error_kind.localeCompare(b.error_kind));
}
