/** CSV files that a spreadsheet can open without running what a model wrote. */

import { pl } from "nodejs-polars";
import { writeAtomic } from "../storage/mod.ts";
import type { DataFrame } from "./frame.ts";

/**
 * What spreadsheets take for the start of a formula: `= + - @`, their full-width forms, and the control characters that
 * some skip before they look. Source: OWASP, CSV Injection.
 */
const formulaStart = "^[=+\\-@\\t\\r\\n＝＋－＠]";

/** The frame with an apostrophe before every text that a spreadsheet would take for a formula. Numbers stay. */
export function harmless(frame: DataFrame): DataFrame {
  const texts = frame.columns.filter((name) => frame.schema[name]!.equals(pl.String));
  if (texts.length === 0) return frame;
  return frame.withColumns(...texts.map((name) =>
    pl.when(pl.col(name).str.contains(formulaStart))
      .then(pl.concatString([pl.lit("'"), pl.col(name)], ""))
      .otherwise(pl.col(name))
      .alias(name)
  ));
}

/** Writes a frame without lists as CSV with a header line, texts made harmless; null is an empty cell. */
export async function writeCsv(path: string, frame: DataFrame): Promise<void> {
  await writeAtomic(path, harmless(frame).writeCSV());
}
