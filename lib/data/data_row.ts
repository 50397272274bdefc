/** Rows of data files, whatever the file. */

import { UserError } from "../core/mod.ts";

/** One row of a data file: column -> value. */
export type DataRow = Readonly<Record<string, unknown>>;

/** A row and where it stands. */
export interface SourceRow {
  readonly value: DataRow;
  /** `file:line`, or `file, row n` where lines mean nothing: what an error names. */
  readonly where: string;
  /** Bytes of the file on disk that have been read so far. */
  readonly bytes: number;
}

/**
 * Checks that a parsed value is a row.
 *
 * @throws {UserError} If it is not a JSON object; names `where`
 */
export function rowOf(value: unknown, where: string, unit: "line" | "element"): DataRow {
  if (value !== null && typeof value === "object" && !Array.isArray(value)) return value as DataRow;
  throw new UserError({
    action: "read",
    thing: where,
    found: `the ${unit} is ${
      value === null ? "null" : Array.isArray(value) ? "a list" : `a ${typeof value}`
    }`,
    expected: unit === "line" ? "one JSON object a line" : "a list of JSON objects",
    remedy: 'Give the values names, as in {"question": "..."}.',
  });
}
