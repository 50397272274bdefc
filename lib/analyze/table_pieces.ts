/** A table of any size gone through piece by piece. */

import { pl } from "nodejs-polars";
import type { LazyDataFrame } from "nodejs-polars";
import { type DataFrame, lazily, type Requests } from "./frame.ts";
import { letGo } from "./native_memory.ts";

/** Rows of a piece of some columns of numbers and short texts. */
const rowsOfPiece = 500_000;

/** Rows of a table. */
export function heightOf(requests: Requests): number {
  const [{ len }] = lazily(requests).select(pl.len()).collectSync().toRecords() as [{ len: number }];
  return len;
}

/**
 * What a query makes of each piece of a table, in its order; Polars makes the next one on another core meanwhile, and what it held is
 * given back.
 *
 * @param query of a piece, which begins at that row of the table
 */
export async function* eachPiece(
  requests: Requests,
  query: (piece: LazyDataFrame, from: number) => LazyDataFrame,
  rows = rowsOfPiece,
): AsyncGenerator<DataFrame> {
  const table = lazily(requests);
  const height = heightOf(requests);
  const start = (from: number) => from < height ? query(table.slice(from, rows), from).collect() : null;
  let next = start(0);
  for (let from = 0; next !== null; from += rows) {
    const read: DataFrame = await next;
    next = start(from + rows);
    yield read;
    await letGo(Math.min(rows, height - from));
  }
}
