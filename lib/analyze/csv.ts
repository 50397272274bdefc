/** CSV files that a spreadsheet can open without running what a model wrote. */

import { pl } from "nodejs-polars";
import type { LazyDataFrame } from "nodejs-polars";
import { writeAll, writeAtomic } from "../storage/mod.ts";
import type { DataFrame } from "./frame.ts";
import { letGo } from "./native_memory.ts";

/**
 * What spreadsheets take for the start of a formula: `= + - @`, their full-width forms, and the control characters that
 * some skip before they look. Source: OWASP, CSV Injection.
 */
const formulaStart = "^[=+\\-@\\t\\r\\n＝＋－＠]";

/** The frame with an apostrophe before every text and name that a spreadsheet would take for a formula. Numbers stay. */
export function harmless(frame: DataFrame): DataFrame {
  const start = new RegExp(formulaStart);
  const names = frame.columns.filter((name) => start.test(name));
  const texts = harmlessTexts(frame);
  return names.length === 0
    ? texts
    : texts.rename(Object.fromEntries(names.map((name) => [name, `'${name}`])));
}

const looksLikeFormula = (name: string) => pl.col(name).str.contains(formulaStart);

function harmlessTexts(frame: DataFrame): DataFrame {
  const schema = frame.schema;
  const texts = frame.columns.filter((name) => schema[name]!.equals(pl.String));
  if (texts.length === 0 || frame.height === 0) return frame;
  // Few columns have any: to look is cheap, to write a column again is not.
  const [found] = frame.select(...texts.map((name) => looksLikeFormula(name).any().alias(name))).toRecords();
  const suspects = texts.filter((name) => found![name] === true);
  if (suspects.length === 0) return frame;
  return frame.withColumns(...suspects.map(harmlessText));
}

function harmlessText(name: string) {
  return pl.when(looksLikeFormula(name))
    .then(pl.concatString([pl.lit("'"), pl.col(name)], ""))
    .otherwise(pl.col(name))
    .alias(name);
}

/**
 * Writes a table that is too large to be held as a whole, part by part, in the same form. Polars makes and writes the parts on another
 * core; whoever waits can go on. The file takes its name once it is whole.
 */
export async function writeCsvParts(path: string, parts: readonly LazyDataFrame[]): Promise<void> {
  const whole = await Deno.open(`${path}.part`, { write: true, create: true, truncate: true });
  const one = `${path}.one`;
  try {
    // What is not read yet can't be looked at first: every text is made harmless.
    const texts = parts.length === 0 ? [] : await textsOf(parts[0]!);
    for (const [i, part] of parts.entries()) {
      const harmless = part.withColumns(...texts.map(harmlessText));
      await harmless.sinkCSV(one, { includeHeader: i === 0, maintainOrder: true }).collect();
      // In one go: a part is some megabytes, and each pause would wait for whoever computes meanwhile.
      await writeAll(whole, Deno.readFileSync(one));
    }
  } finally {
    whole.close();
  }
  await Deno.remove(one);
  await Deno.rename(`${path}.part`, path);
}

/** The texts of a query's result by name. */
async function textsOf(query: LazyDataFrame): Promise<string[]> {
  const { columns, schema } = await query.slice(0, 0).collect();
  return columns.filter((name) => schema[name]!.equals(pl.String));
}

/** Writes a frame without lists as CSV with a header line, texts made harmless; null is an empty cell. */
export async function writeCsv(path: string, frame: DataFrame): Promise<void> {
  await writeAtomic(path, harmless(frame).writeCSV());
}

/**
 * Writes a table that is too large to be held as a whole: frames of the same columns, one below the other, each made when it is
 * written. The file takes its name once it is whole.
 */
export async function writeCsvSlices(
  path: string,
  frames: Iterable<DataFrame> | AsyncIterable<DataFrame>,
): Promise<void> {
  const file = await Deno.open(`${path}.part`, { write: true, create: true, truncate: true });
  try {
    let includeHeader = true;
    for await (const frame of frames) {
      await writeAll(file, harmless(frame).writeCSV({ includeHeader }));
      includeHeader = false;
      await letGo(frame.height);
    }
  } finally {
    file.close();
  }
  await Deno.rename(`${path}.part`, path);
}
