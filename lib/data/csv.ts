/** CSV and TSV with a header line. */

import { CsvError, parse } from "csv-parse";
import { Readable } from "node:stream";
import { messageOf, UserError } from "../core/mod.ts";
import type { DataRow } from "./data_row.ts";
import { decode, withoutMark } from "./text_lines.ts";

/** A record and the line it ends on, from 1. */
export interface CsvRecord {
  readonly value: DataRow;
  readonly line: number;
}

interface Parsed {
  readonly record: Record<string, string>;
  readonly info: { readonly lines: number };
}

/**
 * Reads CSV (RFC 4180) record by record; every value is a text. Quoted values may hold line breaks. Blank lines do not
 * count as records.
 *
 * @param delimiter `,`, or a tab in TSV
 * @throws {UserError} If it is not UTF-8, a record has more or fewer values than the header, a quote is not closed, or
 * a column has no name or that of another; names file and line
 */
export async function* csvRecords(
  blocks: AsyncIterable<Uint8Array>,
  name: string,
  delimiter: "," | "\t",
): AsyncGenerator<CsvRecord> {
  const parser = parse({
    bom: true,
    columns: (header: string[]) => checkedHeader(header, name),
    delimiter,
    info: true,
    skip_empty_lines: true,
  });
  const source = Readable.from(checkedText(blocks, name));
  source.on("error", (error) => parser.destroy(error));
  try {
    for await (const { record, info } of source.pipe(parser) as AsyncIterable<Parsed>) {
      yield { value: record, line: info.lines };
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    const line = error instanceof CsvError && "lines" in error ? `:${error.lines}` : "";
    throw new UserError({
      action: "read",
      thing: `${name}${line}`,
      found: messageOf(error),
      expected: "one value for each column of the header",
      remedy:
        'Put values that hold a delimiter, a quote or a line break between quotes (a quote within is "").',
    }, { cause: error });
  } finally {
    source.destroy();
  }
}

function checkedHeader(header: string[], name: string): string[] {
  const names = header.map((column) => column.trim());
  const twice = names.find((column, index) => names.indexOf(column) !== index);
  const found = names.includes("")
    ? `column ${names.indexOf("") + 1} has no name`
    : twice === undefined
    ? null
    : `the column "${twice}" is there twice`;
  if (found === null) return names;
  throw new UserError({
    action: "read",
    thing: `${name}:1`,
    found,
    expected: "a header line with a name for each column",
    remedy: "Name the columns in the first line.",
  });
}

/** Fails on what is not UTF-8, where the parser would put replacement characters. */
async function* checkedText(blocks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array = new Uint8Array();
  let first = true;
  for await (const block of blocks) {
    if (first) withoutMark(block, name);
    first = false;
    const whole = rest.length === 0 ? block : joined(rest, block);
    const end = whole.lastIndexOf(0x0a) + 1;
    decode(whole.subarray(0, end), name);
    rest = whole.slice(end);
    if (end > 0) yield whole.subarray(0, end);
  }
  decode(rest, name);
  if (rest.length > 0) yield rest;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const whole = new Uint8Array(a.length + b.length);
  whole.set(a);
  whole.set(b, a.length);
  return whole;
}
