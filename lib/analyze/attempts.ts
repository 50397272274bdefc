/** The requests of a run cell by cell, as the plain rows that the formulas of `metrics/` take. */

import { pl } from "nodejs-polars";
import type { Expr, LazyDataFrame, Series } from "nodejs-polars";
import type { RequestRecord } from "../core/mod.ts";
import { finalAttempts, type SortedNumbers } from "../metrics/mod.ts";
import { type DataFrame, lazily, type Requests } from "./frame.ts";

const cellColumns = ["experiment_name", "payload_file", "concurrency", "request_rate_rps"] as const;
/** Few values, many times: they travel as codes. */
const labels = ["segment", "phase", "worker", "token_source", "status"] as const;
type Label = (typeof labels)[number];
const numbers = [
  "attempt",
  "prompt_use",
  "sent_ms",
  "ended_ms",
  "ttft_ms",
  "e2e_ms",
  "response_ms",
  "tpot_ms",
  "output_tokens_per_s",
  "itl_p50_ms",
  "itl_max_ms",
  "prompt_tokens",
  "completion_tokens",
  "cached_prompt_tokens",
  "cache_write_tokens",
  "reasoning_tokens",
] as const;

/**
 * The columns that figures are made of, without the texts. `row` is the position in the table of requests; `sent_at`, which is there to
 * order segments, is that of the first send of the segment.
 */
export type Attempt =
  & Pick<RequestRecord, "request_id" | "sent_at" | Label | (typeof numbers)[number]>
  & { readonly row: number };

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
 * not held on to is let go: a million requests are never a million objects. Polars holds one experiment at a time.
 *
 * @throws {RangeError} if an attempt belongs to no level
 */
export function* eachCell(requests: Requests): Generator<Cell> {
  const table = lazily(requests).withRowIndex("row");
  for (const [experiment, names] of namesByExperiment(table)) {
    yield* cellsIn(orderedRows(table, experiment).collectSync(), names);
  }
}

/** The same; Polars makes the next experiment ready on another core meanwhile. */
export async function* eachCellAhead(requests: Requests): AsyncGenerator<Cell> {
  const table = lazily(requests).withRowIndex("row");
  const experiments = [...namesByExperiment(table)];
  const rowsOf = (i: number) =>
    i < experiments.length ? orderedRows(table, experiments[i]![0]).collect() : null;
  let next = rowsOf(0);
  for (const [i, [, names]] of experiments.entries()) {
    const ordered = await next;
    next = rowsOf(i + 1);
    yield* cellsIn(ordered!, names);
  }
}

/** The names of all cells, sorted. */
function namesByExperiment(table: LazyDataFrame): Map<string, Name[]> {
  const names = table.groupBy([...cellColumns], true)
    .agg(...["request_id", "model_id", "instance_type"].map((name) => pl.col(name).first()))
    .collectSync().toRecords().map(nameOf).sort(byCell);
  return Map.groupBy(names, ({ experiment_name }) => experiment_name);
}

function* cellsIn(ordered: DataFrame, names: readonly Name[]): Generator<Cell> {
  const words = new Map(coded.map((name) => [name, wordsOf(ordered, name)]));
  const places = placesOf(ordered);
  for (const name of names) {
    const { offset, length } = places.get(cellKey(name))!;
    yield cellOf(name, ordered.slice(offset, length), words);
  }
}

/** The rows of an experiment, cell by cell and in each of them in the order of sending; null numbers are NaN, labels also codes. */
function orderedRows(table: LazyDataFrame, experiment: string): LazyDataFrame {
  return table.filter(pl.col("experiment_name").eq(pl.lit(experiment)))
    .select(
      ...["row", ...cellColumns, "request_id", "sent_at", ...labels, ...numbers, "itl_us"].map((name) =>
        pl.col(name)
      ),
    )
    .withColumns(
      pl.col("sent_at").min().over(...cellColumns, "segment").alias("began"),
      ...["row", ...numbers].map((name) => asNumbers(pl.col(name)).alias(name)),
    )
    .sort({
      by: [...cellColumns.slice(1), "began", "segment", "sent_ms"],
      nullsLast: true,
      maintainOrder: true,
    })
    .select(
      ...["row", ...cellColumns, "request_id", ...numbers, "itl_us"].map((name) => pl.col(name)),
      ...coded.map((name) => pl.col(name).cast(pl.Categorical)),
    )
    .withColumns(...coded.map((name) => asNumbers(pl.col(name).cast(pl.UInt32)).alias(codeOf(name))));
}

const coded = [...labels, "began"] as const;
type Coded = (typeof coded)[number];
type Words = ReadonlyMap<Coded, ReadonlyMap<number, string>>;
const codeOf = (name: Coded) => `${name}_code`;

/** Only a column without nulls leaves Polars in one piece: NaN stands for null. */
function asNumbers(column: Expr): Expr {
  return column.cast(pl.Float64).fillNull(pl.lit(NaN));
}

/** What the codes of a column stand for. */
function wordsOf(ordered: DataFrame, name: Coded): Map<number, string> {
  const distinct = ordered.select(name, codeOf(name)).unique({ subset: [name] });
  const codes = distinct.getColumn(codeOf(name)).toArray() as number[];
  const words = distinct.getColumn(name).toArray() as (string | null)[];
  return new Map(words.flatMap((word, i) => word === null ? [] : [[codes[i]!, word] as const]));
}

/** Where each cell lies in the ordered rows, by its key. */
function placesOf(ordered: DataFrame): Map<string, { offset: number; length: number }> {
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

function cellOf(name: Name, ordered: DataFrame, words: Words): Cell {
  const attempts = attemptsOf(ordered, words);
  const finals = finalAttempts(attempts.filter(({ phase }) => phase === "measure"));
  const successes = finals.filter(({ status }) => status === "ok");
  const gaps = gapsOf(ordered, attempts, new Set(successes));
  const gaps_ms = gaps.toTypedArray() as Float64Array;
  const sorted_gaps_ms = gaps.sort().toTypedArray() as SortedNumbers;
  return { ...name, attempts, finals, successes, gaps_ms, sorted_gaps_ms };
}

/** The rows of a cell. Column by column: Polars' `toRecords` takes many times as long. */
function attemptsOf(ordered: DataFrame, words: Words): Attempt[] {
  const column = (name: string) => ordered.getColumn(name).toTypedArray() as Float64Array;
  const values = Object.fromEntries(numbers.map((name) => [name, column(name)])) as Record<
    (typeof numbers)[number],
    Float64Array
  >;
  const [segment, phase, worker, token_source, status, began] = coded.map((name) => {
    const known = words.get(name)!;
    return Array.from(column(codeOf(name)), (code) => known.get(code) ?? null);
  });
  const ids = ordered.getColumn("request_id").toArray() as (string | null)[];
  const rows = column("row");
  const number = (name: (typeof numbers)[number], i: number) => {
    const value = values[name][i]!;
    return Number.isNaN(value) ? null : value;
  };
  const attempts = new Array<Attempt>(rows.length);
  for (let i = 0; i < rows.length; i++) {
    attempts[i] = {
      row: rows[i]!,
      request_id: ids[i]!,
      sent_at: began![i]!,
      segment: segment![i]!,
      phase: phase![i]!,
      worker: worker![i]!,
      token_source: token_source![i]!,
      status: status![i]!,
      attempt: number("attempt", i),
      prompt_use: number("prompt_use", i),
      sent_ms: number("sent_ms", i),
      ended_ms: number("ended_ms", i),
      ttft_ms: number("ttft_ms", i),
      e2e_ms: number("e2e_ms", i),
      response_ms: number("response_ms", i),
      tpot_ms: number("tpot_ms", i),
      output_tokens_per_s: number("output_tokens_per_s", i),
      itl_p50_ms: number("itl_p50_ms", i),
      itl_max_ms: number("itl_max_ms", i),
      prompt_tokens: number("prompt_tokens", i),
      completion_tokens: number("completion_tokens", i),
      cached_prompt_tokens: number("cached_prompt_tokens", i),
      cache_write_tokens: number("cache_write_tokens", i),
      reasoning_tokens: number("reasoning_tokens", i),
    };
  }
  return attempts;
}

/** They stay in Polars until they are numbers in one array. */
function gapsOf(
  ordered: DataFrame,
  attempts: readonly Attempt[],
  successes: ReadonlySet<Attempt>,
): Series {
  const counted = pl.Series("counted", attempts.map((attempt) => successes.has(attempt)), pl.Bool);
  return ordered.select("itl_us").withColumns(counted).lazy()
    .filter(pl.col("counted"))
    .select(pl.col("itl_us").explode().cast(pl.Float64).div(pl.lit(1000)).alias("gap_ms"))
    .filter(pl.col("gap_ms").isNotNull())
    .collectSync().getColumn("gap_ms");
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
