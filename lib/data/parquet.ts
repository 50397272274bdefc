/** Parquet files. */

import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { damaged, openFile, readAt } from "./byte_source.ts";
import type { DataRow } from "./data_row.ts";

/** A row and its number in the file, from 1. */
export interface ParquetRow {
  readonly value: DataRow;
  readonly row: number;
  /** Bytes of the row groups up to this one. */
  readonly bytes: number;
}

/** Counts the rows of a file from its footer. Throws UserError if it is no Parquet file. */
export async function countParquetRows(path: string): Promise<number> {
  return await withParquet(path, ({ metadata }) => Promise.resolve(Number(metadata.num_rows)));
}

/**
 * Reads a Parquet file row group by row group; no more than one is held in memory. Numbers of 64 bits are numbers where
 * that is exact, else texts; dates are ISO texts; bytes that are text in UTF-8 are that text, others stay bytes.
 *
 * @param wanted numbers of the rows to give, from 0; row groups without any are not read. @default all
 * @throws {UserError} If it can't be opened or is no Parquet file
 */
export async function* parquetRows(path: string, wanted?: ReadonlySet<number>): AsyncGenerator<ParquetRow> {
  const file = await openFile(path);
  try {
    const opened = await footerOf(path, file);
    let bytes = 0;
    let rowStart = 0;
    for (const group of opened.metadata.row_groups) {
      const rowEnd = rowStart + Number(group.num_rows);
      bytes += Number(group.total_compressed_size ?? group.total_byte_size);
      const some = wanted === undefined || hasBetween(wanted, rowStart, rowEnd);
      const rows = some ? await readGroup(path, opened, rowStart, rowEnd) : [];
      for (const [index, row] of rows.entries()) {
        const position = rowStart + index;
        if (wanted === undefined || wanted.has(position)) {
          yield { value: plain(row) as DataRow, row: position + 1, bytes };
        }
      }
      rowStart = rowEnd;
    }
  } finally {
    file.close();
  }
}

interface Opened {
  readonly buffer: AsyncBuffer;
  readonly metadata: FileMetaData;
}

async function withParquet<T>(path: string, use: (opened: Opened) => Promise<T>): Promise<T> {
  const file = await openFile(path);
  try {
    return await use(await footerOf(path, file));
  } finally {
    file.close();
  }
}

async function footerOf(path: string, file: Deno.FsFile): Promise<Opened> {
  const byteLength = (await file.stat()).size;
  // Reads of one handle must not overlap: each one seeks first.
  let last: Promise<unknown> = Promise.resolve();
  const buffer: AsyncBuffer = {
    byteLength,
    slice(start, end = byteLength) {
      const read = last.then(() => readAt(file, start, end - start)).then((bytes) => bytes.buffer);
      last = read.catch(() => {});
      return read;
    },
  };
  try {
    return { buffer, metadata: await parquetMetadataAsync(buffer) };
  } catch (error) {
    throw damaged(path, "a Parquet file", error);
  }
}

async function readGroup(
  path: string,
  { buffer, metadata }: Opened,
  rowStart: number,
  rowEnd: number,
): Promise<Record<string, unknown>[]> {
  try {
    return await parquetReadObjects({ file: buffer, metadata, rowStart, rowEnd, compressors, utf8: false });
  } catch (error) {
    throw damaged(path, "a Parquet file", error);
  }
}

function hasBetween(wanted: ReadonlySet<number>, from: number, to: number): boolean {
  for (let position = from; position < to; position++) if (wanted.has(position)) return true;
  return false;
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true });

function plain(value: unknown): unknown {
  if (typeof value === "bigint") {
    return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  }
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return textOrBytes(value);
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object") return value ?? null;
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<unknown>, plain);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

function textOrBytes(bytes: Uint8Array): string | Uint8Array {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return bytes;
  }
}
