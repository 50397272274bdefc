/** Which bytes of which journals make one file of the table of requests. */

import { type ColumnKind, columnNames, columns } from "../core/mod.ts";
import { writeAll } from "../storage/mod.ts";

/** What one file of the table is made of: journals, or a piece of one that begins and ends anywhere in a line. */
export interface Part {
  readonly pieces: readonly JournalPiece[];
  /** When the last of them changed, in milliseconds. */
  readonly changed: number;
}

interface JournalPiece {
  readonly path: string;
  /** The lines that begin in these bytes. */
  readonly from: number;
  readonly to: number;
}

/** A value of each kind that can be taken for no other. */
export const typical: Readonly<Record<ColumnKind, unknown>> = {
  text: "",
  float: 0.5,
  integer: 1,
  boolean: false,
  integers: [1],
};

/** Cuts the journals, in their order, into pieces of at most so many bytes together. */
export function partsOf(journals: readonly JournalFile[], most: number, countedAt: number): Part[] {
  const total = journals.reduce((sum, { size }) => sum + size, 0);
  const limit = total <= most ? Infinity : most;
  const parts: { pieces: JournalPiece[]; size: number; changed: number }[] = [];
  for (const { path, size, changed } of journals) {
    for (let from = 0; from === 0 || from < size;) {
      let open = parts.at(-1);
      if (open === undefined || open.size >= limit) {
        parts.push(open = { pieces: [], size: 0, changed: countedAt });
      }
      const to = Math.min(size, from + limit - open.size);
      open.pieces.push({ path, from, to });
      open.size += to - from;
      open.changed = Math.max(open.changed, changed);
      from = to === from ? Infinity : to;
    }
  }
  return parts;
}

export interface JournalFile {
  readonly path: string;
  readonly size: number;
  readonly changed: number;
}

/**
 * Writes the record lines of journals into one file, after a first line with a typical value in every column:
 * Polars takes the types from the first line, and real lines hold nulls.
 */
export async function joinJournals(pieces: readonly JournalPiece[], destination: string): Promise<void> {
  const output = await Deno.open(destination, { write: true, createNew: true });
  try {
    const first = Object.fromEntries(columnNames.map((name) => [name, typical[columns[name].kind]]));
    await writeAll(output, new TextEncoder().encode(JSON.stringify(first) + "\n"));
    for (const piece of pieces) await copyRecords(piece, output);
  } finally {
    output.close();
  }
}

const lineFeed = 0x0a;

/**
 * Copies the lines that begin in a piece of a journal, but for the journal's first one and a last one that does not end. A line that
 * begins before the piece belongs to the piece before.
 */
async function copyRecords({ path, from, to }: JournalPiece, output: Deno.FsFile): Promise<void> {
  const input = await Deno.open(path);
  try {
    // From the byte before on: a line feed there means that a line begins with the piece.
    let at = Math.max(0, from - 1);
    await input.seek(at, Deno.SeekMode.Start);
    const buffer = new Uint8Array(1 << 20);
    let begun = false;
    let unfinished: Uint8Array[] = [];
    for (let size = await input.read(buffer); size !== null; size = await input.read(buffer)) {
      let chunk = buffer.subarray(0, size);
      if (!begun) {
        const end = chunk.indexOf(lineFeed);
        if (end < 0) {
          at += size;
          continue;
        }
        begun = true;
        at += end + 1;
        chunk = chunk.subarray(end + 1);
      }
      if (at >= to && unfinished.length === 0) return;
      // The line that begins last in the piece ends with the first line feed that is not before the piece's last byte.
      const last = chunk.indexOf(lineFeed, Math.max(0, to - 1 - at)) + 1;
      const end = last > 0 ? last : chunk.lastIndexOf(lineFeed) + 1;
      if (end > 0) {
        for (const part of unfinished) await writeAll(output, part);
        unfinished = [];
        await writeAll(output, chunk.subarray(0, end));
      }
      if (last > 0) return;
      if (end < chunk.length) unfinished.push(chunk.slice(end));
      at += chunk.length;
    }
  } finally {
    input.close();
  }
}
