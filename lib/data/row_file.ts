/** Files of rows of every format, read one row at a time. */

import { UserError } from "../core/mod.ts";
import { type ByteSource, openBytes, type RowFile, zipMembers } from "./byte_source.ts";
import { csvRecords } from "./csv.ts";
import type { SourceRow } from "./data_row.ts";
import { jsonElements } from "./json_array.ts";
import { jsonLines } from "./json_lines.ts";
import { countParquetRows, parquetRows } from "./parquet.ts";
import { decode, textLines, withoutMark } from "./text_lines.ts";

/** How a file holds its rows, by the end of its name; `.gz` may follow all but Parquet. */
const formats = {
  jsonl: "lines",
  ndjson: "lines",
  json: "json",
  csv: "csv",
  tsv: "tsv",
  txt: "text",
  md: "document",
  parquet: "parquet",
} as const;

type Format = (typeof formats)[keyof typeof formats];

/** The format that a file's name promises; null for one that holds no rows. */
export function formatOf(name: string): Format | null {
  const ending = /\.(\w+?)(\.gz)?$/i.exec(name);
  const known = ending === null ? undefined : formats[ending[1]!.toLowerCase() as keyof typeof formats];
  return known === undefined || (known === "parquet" && ending?.[2] !== undefined) ? null : known;
}

/** The files of rows behind one path: itself, or what a zip archive holds of them, by name. */
export async function rowFilesIn(path: string): Promise<RowFile[]> {
  if (!/\.zip$/i.test(path)) return [{ path }];
  const members = (await zipMembers(path)).filter(isRowMember).sort();
  if (members.length > 0) return members.map((member) => ({ path, member }));
  throw new UserError({
    action: "read the data file",
    thing: path,
    found: "the archive has no file of rows",
    expected: `one that ends in ${endings}`,
    remedy: "Pack the rows in one of these formats.",
  });
}

const endings = ".jsonl, .json, .csv, .tsv, .txt or .md";

/** Whether a member of a zip archive can be read as rows; Parquet needs a file of its own. */
export function isRowMember(name: string): boolean {
  const format = formatOf(name);
  return format !== null && format !== "parquet" && !/(^|\/)readme\.md$/i.test(name);
}

/**
 * Reads a file row by row: JSON Lines, a JSON list (`.json`, which may be JSON Lines as well), CSV and TSV with a header,
 * plain text (`.txt`: each line that is not blank is a row with the one column `text`; `.md`: the file is one such row),
 * Parquet; all but Parquet may be in gzip or a member of a zip archive. A name without a known ending is JSON Lines.
 *
 * @param wanted numbers of the rows to give, from 0. @default all
 * @throws {UserError} If the file can't be opened or a row is at fault; names file and line
 */
export async function* readRows(file: RowFile, wanted?: ReadonlySet<number>): AsyncGenerator<SourceRow> {
  const { path, member } = file;
  const format = formatOf(member ?? path) ?? "lines";
  if (format === "parquet") {
    for await (const { value, row, bytes } of parquetRows(path, wanted)) {
      yield { value, where: `${path}, row ${row}`, bytes };
    }
    return;
  }
  const source = await openBytes(file);
  let index = 0;
  let left = wanted?.size ?? Infinity;
  for await (const row of rowsOf(source, format, member === undefined && !/\.gz$/i.test(path))) {
    if (wanted?.has(index) !== false) {
      yield row;
      if (--left === 0) return;
    }
    index++;
  }
}

/** Counts the rows of a file: of Parquet from its footer, of others by reading them. */
export async function countRows(file: RowFile): Promise<number> {
  if (file.member === undefined && formatOf(file.path) === "parquet") {
    return await countParquetRows(file.path);
  }
  let rows = 0;
  for await (const _ of readRows(file)) rows++;
  return rows;
}

/** @param bare whether bytes of the text are bytes of the file: then a row can tell where exactly it ends */
async function* rowsOf(
  source: ByteSource,
  format: Exclude<Format, "parquet">,
  bare: boolean,
): AsyncGenerator<SourceRow> {
  const { name, read } = source;
  const at = (value: SourceRow["value"], line: number, bytes = read()) => ({
    value,
    where: `${name}:${line}`,
    bytes,
  });
  if (format === "json") {
    const { blocks, isList } = await peek(source.blocks);
    if (isList) {
      for await (const { value, line } of jsonElements(blocks, name)) yield at(value, line);
    } else yield* rowsOf({ ...source, blocks }, "lines", bare);
  } else if (format === "lines") {
    for await (const { value, line, bytes } of jsonLines(source.blocks, name)) {
      yield at(value, line, bare ? bytes : read());
    }
  } else if (format === "text") {
    for await (const { text, line } of textLines(source.blocks, name)) {
      if (text.trim() !== "") yield at({ text }, line);
    }
  } else if (format === "document") {
    const text = await wholeText(source);
    if (text.trim() !== "") yield at({ text }, 1);
  } else {
    const delimiter = format === "csv" ? "," : "\t";
    for await (const { value, line } of csvRecords(source.blocks, name, delimiter)) yield at(value, line);
  }
}

async function wholeText({ blocks, name }: ByteSource): Promise<string> {
  const parts = await Array.fromAsync(blocks as AsyncIterable<Uint8Array<ArrayBuffer>>);
  return decode(withoutMark(await new Blob(parts).bytes(), name), name);
}

/** Looks whether the text begins with `[` and not, as some `.json` files do, with the first of many objects. */
async function peek(
  blocks: AsyncIterable<Uint8Array>,
): Promise<{ blocks: AsyncIterable<Uint8Array>; isList: boolean }> {
  const iterator = blocks[Symbol.asyncIterator]();
  const seen: Uint8Array[] = [];
  let first: string | undefined;
  while (first === undefined) {
    const { value, done } = await iterator.next();
    if (done) break;
    seen.push(value);
    first = /[^\s\ufeff]/.exec(new TextDecoder().decode(value))?.[0];
  }
  async function* again(): AsyncGenerator<Uint8Array> {
    try {
      yield* seen;
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  }
  return { blocks: again(), isList: first === "[" };
}
