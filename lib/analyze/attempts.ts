/** The requests of a run cell by cell, as the rows that the formulas of `metrics/` take. */

import { pl } from "nodejs-polars";
import { AttemptColumns } from "./attempt_columns.ts";
import { AttemptRows } from "./attempt_rows.ts";
import { type CellBlocks, type CellName, pieceQuery, rowsOfPiece, RunBlocks } from "./cell_blocks.ts";
import { CellGaps } from "./cell_gaps.ts";
import { CellReader } from "./cell_reader.ts";
import { lazily, type Requests } from "./frame.ts";
import { letGoNow } from "./native_memory.ts";
import { requestAttempts } from "./request_ids.ts";
import { eachPiece, heightOf } from "./table_pieces.ts";

/** All attempts of one experiment, payload file and load. */
export interface Cell extends CellName {
  /** Every attempt of every phase, in the order of sending: by segment, then by time; what was never sent comes last. */
  readonly attempts: AttemptRows;
  /** The final attempt of each request of the measure phase. */
  readonly finals: AttemptRows;
  /** Those of the finals that succeeded. */
  readonly successes: AttemptRows;
  /** The first send of each request of the measure phase in each segment. */
  readonly sends: AttemptRows;
  /** Requests of every phase. */
  readonly requests: number;
  /** The gaps between content chunks of the successes. */
  readonly gaps: CellGaps;
}

/** How a table is gone through. */
export interface CellOptions {
  /** Where a file may lie that is as large as the numbers of the table. @default where the system keeps such files */
  readonly scratch?: string;
  /** Rows that Polars holds at a time. */
  readonly piece?: number;
}

/**
 * The cells of a table of attempts (as `openRequests` gives it, or a part of its rows), sorted; one is made at a time. The table is
 * gone through once, and its numbers are laid aside by cell: what is held grows with the columns of the largest cell that one figure takes.
 *
 * @throws {RangeError} if an attempt belongs to no level
 */
export function* eachCell(
  requests: Requests,
  { scratch, piece = rowsOfPiece }: CellOptions = {},
): Generator<Cell> {
  using run = new RunBlocks(scratch);
  const table = lazily(requests);
  const height = heightOf(requests);
  for (let from = 0; from < height; from += piece) {
    run.add(pieceQuery(table.slice(from, piece), from).collectSync());
  }
  yield* cellsOf(run, requests);
}

/** The same; Polars makes the next piece ready on another core meanwhile, and what it held is given back. */
export async function* eachCellAhead(
  requests: Requests,
  { scratch, piece = rowsOfPiece }: CellOptions = {},
): AsyncGenerator<Cell> {
  using run = new RunBlocks(scratch);
  for await (const read of eachPiece(requests, pieceQuery, piece)) run.add(read);
  yield* cellsOf(run, requests);
}

/** A cell with more attempts is read column by column, and what was read for one figure is given back before the next. */
const largeCell = 1_000_000;

function* cellsOf(run: RunBlocks, requests: Requests): Generator<Cell> {
  for (const blocks of run.cells()) yield cellOf(run, blocks, requests);
}

function cellOf(run: RunBlocks, blocks: CellBlocks, requests: Requests): Cell {
  const reader = new CellReader(run, blocks, () => idsOf(requests, blocks.name));
  const columns = new AttemptColumns(reader.length, reader.began, reader);
  release(columns); // what it took to find the order of sending
  const found = requestAttempts(columns, reader.idWords());
  release(columns);
  const attempts = new AttemptRows(columns);
  const finals = new AttemptRows(columns, found.finals);
  const successes = finals.labelled("status", "ok");
  return {
    ...blocks.name,
    attempts,
    finals,
    successes,
    sends: new AttemptRows(columns, found.sends),
    requests: found.requests,
    gaps: new CellGaps(reader, successes.positions()),
  };
}

/** Lets the columns of a large cell go; those of a small one are kept for the next figure. */
export function release(columns: AttemptColumns): void {
  if (columns.length <= largeCell) return;
  columns.release();
  letGoNow();
}

/** The names of the requests of a cell, in the order of the table. */
function idsOf(requests: Requests, name: CellName): (string | null)[] {
  const is = (column: "concurrency" | "request_rate_rps") =>
    name[column] === null ? pl.col(column).isNull() : pl.col(column).eq(pl.lit(name[column]));
  return lazily(requests)
    .filter(
      pl.col("experiment_name").eq(pl.lit(name.experiment_name))
        .and(pl.col("payload_file").eq(pl.lit(name.payload_file)))
        .and(is("concurrency")).and(is("request_rate_rps")),
    )
    .select("request_id").collectSync().getColumn("request_id").toArray() as (string | null)[];
}
