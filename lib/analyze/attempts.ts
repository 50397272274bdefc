/** The requests of a run cell by cell, as the plain rows that the formulas of `metrics/` take. */

import { pl } from "nodejs-polars";
import type { LazyDataFrame } from "nodejs-polars";
import type { RequestRecord } from "../core/mod.ts";
import { finalAttempts, type SortedNumbers } from "../metrics/mod.ts";
import { asAttemptColumns, type Attempt, attemptColumns, AttemptTable } from "./attempt_columns.ts";
import { type DataFrame, lazily, type Requests } from "./frame.ts";

const cellColumns = ["experiment_name", "payload_file", "concurrency", "request_rate_rps"] as const;
/** All attempts of one experiment, payload file and load. */
export interface Cell {
  readonly experiment_name: string;
  readonly payload_file: string;
  /** null in open loop. */
  readonly concurrency: number | null;
  /** null in closed loop. */
  readonly request_rate_rps: number | null;
  /** What the first attempt says. */
  readonly model_id: string | null;
  readonly instance_type: string | null;
  /** Every attempt of every phase, in the order of sending: by segment, then by time; what was never sent comes last. */
  readonly attempts: readonly Attempt[];
  /** The final attempt of each request of the measure phase. */
  readonly finals: readonly Attempt[];
  /** Those of the finals that succeeded. */
  readonly successes: readonly Attempt[];
  /** Milliseconds of all gaps between content chunks of the successes, in their order. */
  readonly gaps_ms: Float64Array;
  /** The same, sorted: there are many, and Polars is quick at it. */
  readonly sorted_gaps_ms: SortedNumbers;
}

/**
 * The cells of a table of attempts (as `openRequests` gives it, or a part of its rows), sorted; one is made at a time, and what is
 * not held on to is let go: a million requests are never a million objects. Polars holds one load series at a time.
 *
 * @throws {RangeError} if an attempt belongs to no level
 */
export function* eachCell(requests: Requests): Generator<Cell> {
  const table = lazily(requests).withRowIndex("row");
  for (const names of namesBySeries(table)) {
    yield* cellsIn(orderedRows(table, names[0]!).collectSync(), names);
  }
}

/** The same; Polars makes the next load series ready on another core meanwhile. */
export async function* eachCellAhead(requests: Requests): AsyncGenerator<Cell> {
  const table = lazily(requests).withRowIndex("row");
  const series = namesBySeries(table);
  const rowsOf = (i: number) => i < series.length ? orderedRows(table, series[i]![0]!).collect() : null;
  let next = rowsOf(0);
  for (const [i, names] of series.entries()) {
    const ordered = await next;
    next = rowsOf(i + 1);
    yield* cellsIn(ordered!, names);
  }
}

/** The names of all cells, sorted, in load series: those of one experiment and payload file. */
function namesBySeries(table: LazyDataFrame): Name[][] {
  const names = table.groupBy([...cellColumns], true)
    .agg(...["request_id", "model_id", "instance_type"].map((name) => pl.col(name).first()))
    .collectSync().toRecords().map(nameOf).sort(byCell);
  const series = Map.groupBy(
    names,
    ({ experiment_name, payload_file }) => JSON.stringify([experiment_name, payload_file]),
  );
  return [...series.values()];
}

function* cellsIn(ordered: DataFrame, names: readonly Name[]): Generator<Cell> {
  const places = placesOf(ordered);
  const table = new AttemptTable(ordered);
  for (const name of names) yield cellOf(name, table, places.get(cellKey(name))!);
}

/** The rows of a load series, cell by cell and in each of them in the order of sending. */
function orderedRows(table: LazyDataFrame, of: Name): LazyDataFrame {
  const { experiment_name, payload_file } = of;
  const ordered = table
    .filter(pl.col("experiment_name").eq(pl.lit(experiment_name)))
    .filter(pl.col("payload_file").eq(pl.lit(payload_file)))
    .select(...["row", ...cellColumns, ...attemptColumns].map((name) => pl.col(name)))
    .withColumns(pl.col("sent_at").min().over(...cellColumns, "segment").alias("began"))
    .drop("sent_at")
    .sort({
      by: ["concurrency", "request_rate_rps", "began", "segment", "sent_ms"],
      nullsLast: true,
      maintainOrder: true,
    });
  return asAttemptColumns(ordered);
}

interface Place {
  readonly offset: number;
  readonly length: number;
}

/** Where each cell lies in the ordered rows, by its key. */
function placesOf(ordered: DataFrame): Map<string, Place> {
  let offset = 0;
  const counted = ordered.lazy().groupBy([...cellColumns], true).agg(pl.len().alias("length")).collectSync();
  return new Map(
    counted.toRecords().map((row) => {
      const place = { offset, length: row["length"] as number };
      offset += place.length;
      return [cellKey(row as unknown as Name), place];
    }),
  );
}

/** What a cell is of, as its requests say. */
type Name = Pick<
  Cell,
  "experiment_name" | "payload_file" | "concurrency" | "request_rate_rps" | "model_id" | "instance_type"
>;

function nameOf({ request_id, ...row }: Record<string, unknown>): Name {
  const name = row as { [K in keyof Name]: Name[K] | null };
  const { experiment_name, payload_file, concurrency, request_rate_rps } = name;
  if (experiment_name === null || payload_file === null || (concurrency ?? request_rate_rps) === null) {
    throw new RangeError(
      `Cannot summarise request ${request_id}: expected an experiment name, a payload file, and a concurrency or a rate`,
    );
  }
  return { ...name, experiment_name, payload_file };
}

function cellOf(name: Name, table: AttemptTable, { offset, length }: Place): Cell {
  const attempts = Array.from({ length }, (_, i) => table.attempt(offset + i));
  const finals = finalAttempts(attempts.filter(({ phase }) => phase === "measure"));
  const successes = finals.filter(({ status }) => status === "ok");
  const counted = new Set(successes);
  const gaps_ms = table.gapsOf(attempts.filter((attempt) => counted.has(attempt)));
  const sorted_gaps_ms = pl.Series("gap_ms", gaps_ms).sort().toTypedArray() as SortedNumbers;
  return { ...name, attempts, finals, successes, gaps_ms, sorted_gaps_ms };
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

/** The values of a column that are known. */
export function known<C extends keyof Attempt>(
  attempts: readonly Attempt[],
  column: C,
): NonNullable<Attempt[C]>[] {
  const values: NonNullable<Attempt[C]>[] = [];
  for (const attempt of attempts) {
    const value = attempt[column];
    if (value !== null) values.push(value as NonNullable<Attempt[C]>);
  }
  return values;
}
