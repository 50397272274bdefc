/** JSON Lines: one JSON object a line, UTF-8. */

import { messageOf, UserError } from "../core/mod.ts";
import { openBytes } from "./byte_source.ts";
import { type DataRow, rowOf } from "./data_row.ts";
import { textLines } from "./text_lines.ts";

/** A row and where it stands. */
export interface JsonLine {
  readonly value: DataRow;
  /** Line number, from 1; blank lines count. */
  readonly line: number;
  /** Bytes of the text up to the end of this line. */
  readonly bytes: number;
}

/**
 * Reads a JSON Lines file row by row; no more than one line and one block of the file are held in memory. A byte order
 * mark, CRLF line ends, blank lines and a missing newline at the end are all fine.
 *
 * @throws {UserError} If the file can't be opened, is not UTF-8, or a line is not a JSON object; names file and line
 */
export async function* readJsonLines(path: string): AsyncGenerator<JsonLine> {
  const { blocks, name } = await openBytes({ path });
  yield* jsonLines(blocks, name);
}

/** The rows of a stream in JSON Lines. */
export async function* jsonLines(blocks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<JsonLine> {
  for await (const { text, line, bytes } of textLines(blocks, name)) {
    const trimmed = text.trim();
    if (trimmed !== "") yield { value: parse(trimmed, name, line), line, bytes };
  }
}

function parse(text: string, name: string, line: number): DataRow {
  const where = `${name}:${line}`;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UserError({
      action: "read",
      thing: where,
      found: line === 1 && /^[[{]$/.test(text)
        ? "the file is one JSON document over many lines"
        : `the line is not JSON (${messageOf(error)})`,
      expected: "one JSON object a line",
      remedy: "Put each object on a line of its own.",
    });
  }
  return rowOf(value, where, "line");
}
