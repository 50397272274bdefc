/** Frames with the types that the column lists of this program say, whatever the values. */

import { pl } from "nodejs-polars";
import type { DataFrame, DataType, LazyDataFrame } from "nodejs-polars";
import { type ColumnKind, columns, type RequestRecord } from "../core/mod.ts";

/** Polars itself, so that a cell of one's own can say `pl.col(...)` without a dependency of its own. */
export { pl };
export type { DataFrame };

/** A table of attempts that is there, or one that is read from its file column by column as it is asked for. */
export type Requests = DataFrame | LazyDataFrame;

/** The table for a query of its own, which reads the columns that it names and no others. */
export function lazily(requests: Requests): LazyDataFrame {
  return "collectSync" in requests ? requests : requests.lazy();
}

const polarsTypes: Readonly<Record<ColumnKind, DataType>> = {
  text: pl.String,
  float: pl.Float64,
  integer: pl.Int64,
  boolean: pl.Bool,
  integers: pl.List(pl.Int64),
};

/** What a column list says of one column; `columns` of `core/` is such a list. */
export interface ColumnSpec {
  readonly kind: ColumnKind;
  readonly unit: string;
  readonly doc: string;
}

/** The Polars type of each column: text String, float Float64, integer Int64, boolean Bool, integers List(Int64). */
export function polarsSchema(specs: Readonly<Record<string, ColumnSpec>>): Record<string, DataType> {
  return Object.fromEntries(Object.entries(specs).map(([name, { kind }]) => [name, polarsTypes[kind]]));
}

/** A frame of rows, with the columns of the list in its order; a column without a value keeps its type. */
export function frameOf(
  rows: readonly object[],
  specs: Readonly<Record<string, ColumnSpec>>,
): DataFrame {
  return pl.readRecords([...rows] as Record<string, unknown>[], { schema: polarsSchema(specs) });
}

/** A frame of request records, of the same form as `openRequests` gives. */
export function requestsFrame(records: readonly RequestRecord[]): DataFrame {
  return frameOf(records, columns);
}
