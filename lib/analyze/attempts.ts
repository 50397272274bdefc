/** A frame of requests as plain rows, by cell: what the formulas of `metrics/` take. */

import type { RequestRecord } from "../core/mod.ts";
import { finalAttempts } from "../metrics/mod.ts";
import type { DataFrame } from "./frame.ts";

const attemptColumns = [
  "request_id",
  "attempt",
  "segment",
  "experiment_name",
  "model_id",
  "instance_type",
  "payload_file",
  "prompt_use",
  "concurrency",
  "request_rate_rps",
  "phase",
  "worker",
  "sent_ms",
  "ended_ms",
  "sent_at",
  "ttft_ms",
  "e2e_ms",
  "response_ms",
  "tpot_ms",
  "output_tokens_per_s",
  "prompt_tokens",
  "completion_tokens",
  "cached_prompt_tokens",
  "cache_write_tokens",
  "reasoning_tokens",
  "token_source",
  "status",
] as const;

/** The columns that figures are made of, without the texts; `row` is the position in the frame. */
export type Attempt = Pick<RequestRecord, (typeof attemptColumns)[number]> & { readonly row: number };

/** The attempts of a frame, in its order. Column by column: Polars' `toRecords` takes six times as long. */
export function attemptsOf(requests: DataFrame): Attempt[] {
  const values = attemptColumns.map((name) => requests.getColumn(name).toArray());
  return Array.from({ length: requests.height }, (_, row) => {
    const attempt: Record<string, unknown> = { row };
    for (let i = 0; i < attemptColumns.length; i++) attempt[attemptColumns[i]!] = values[i]![row];
    return attempt as Attempt;
  });
}

/** All attempts of one experiment, payload file and load. */
export interface Cell {
  readonly experiment_name: string;
  readonly payload_file: string;
  /** null in open loop. */
  readonly concurrency: number | null;
  /** null in closed loop. */
  readonly request_rate_rps: number | null;
  /** Every attempt of every phase. */
  readonly attempts: readonly Attempt[];
  /** The final attempt of each request of the measure phase. */
  readonly finals: readonly Attempt[];
  /** Those of the finals that succeeded. */
  readonly successes: readonly Attempt[];
}

/** What tells cells apart, as one text. */
export function cellKey(
  of: Pick<RequestRecord, "experiment_name" | "payload_file" | "concurrency"> & {
    readonly request_rate_rps?: number | null;
  },
): string {
  return JSON.stringify([of.experiment_name, of.payload_file, of.concurrency, of.request_rate_rps ?? null]);
}

const byName = new Intl.Collator("en", { numeric: true });

type CellName = Pick<Cell, "experiment_name" | "payload_file" | "concurrency"> & {
  readonly request_rate_rps?: number | null;
};

/** Compares by experiment, payload file (`0-500` before `500-1000` before `1000-2000`), concurrency and rate. */
export function byCell(a: CellName, b: CellName): number {
  return byName.compare(a.experiment_name, b.experiment_name) ||
    byName.compare(a.payload_file, b.payload_file) ||
    (a.concurrency ?? 0) - (b.concurrency ?? 0) ||
    (a.request_rate_rps ?? 0) - (b.request_rate_rps ?? 0);
}

/**
 * Groups attempts into cells, sorted.
 *
 * @throws {RangeError} if an attempt belongs to no level
 */
export function cellsOf(attempts: readonly Attempt[]): Cell[] {
  const groups = Map.groupBy(attempts, cellKey);
  return [...groups.values()].map(cellOf).sort(byCell);
}

function cellOf(attempts: readonly Attempt[]): Cell {
  const { request_id, experiment_name, payload_file, concurrency, request_rate_rps } = attempts[0]!;
  const loaded = concurrency !== null || request_rate_rps !== null;
  if (experiment_name === null || payload_file === null || !loaded) {
    throw new RangeError(
      `Cannot summarise request ${request_id}: expected an experiment name, a payload file, and a concurrency or a rate`,
    );
  }
  const finals = finalAttempts(attempts.filter(({ phase }) => phase === "measure"));
  return {
    experiment_name,
    payload_file,
    concurrency,
    request_rate_rps,
    attempts,
    finals,
    successes: finals.filter(({ status }) => status === "ok"),
  };
}

/** The values of a column that are known. */
export function known<C extends keyof Attempt>(
  attempts: readonly Attempt[],
  column: C,
): NonNullable<Attempt[C]>[] {
  return attempts.map((attempt) => attempt[column]).filter((value) => value !== null) as NonNullable<
    Attempt[C]
  >[];
}
