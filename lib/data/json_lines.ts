/** JSON Lines: one JSON object a line, UTF-8. */

import { messageOf, UserError } from "../core/mod.ts";

/** One row of a data file: column -> value. */
export type DataRow = Readonly<Record<string, unknown>>;

/** A row and where it stands. */
export interface JsonLine {
  readonly value: DataRow;
  /** Line number, from 1; blank lines count. */
  readonly line: number;
  /** Bytes of the file up to the end of this line. */
  readonly bytes: number;
}

const newline = 0x0a;

/**
 * Reads a JSON Lines file row by row; no more than one line and one block of the file are held in memory. A byte order
 * mark, CRLF line ends, blank lines and a missing newline at the end are all fine.
 *
 * @throws {UserError} If the file can't be opened, is not UTF-8, or a line is not a JSON object; names file and line
 */
export async function* readJsonLines(path: string): AsyncGenerator<JsonLine> {
  let line = 0;
  for await (const { content, bytes } of readLines(path)) {
    line++;
    const text = decode(line === 1 ? withoutMark(content, path) : content, path, line).trim();
    if (text !== "") yield { value: parse(text, path, line), line, bytes };
  }
}

async function* readLines(path: string): AsyncGenerator<{ content: Uint8Array; bytes: number }> {
  const file = await open(path);
  let bytes = 0;
  let pending: Uint8Array[] = [];
  for await (const block of file.readable) {
    let start = 0;
    for (let end = block.indexOf(newline); end >= 0; end = block.indexOf(newline, start)) {
      pending.push(block.subarray(start, end));
      const content = joined(pending);
      bytes += content.length + 1;
      yield { content, bytes };
      pending = [];
      start = end + 1;
    }
    if (start < block.length) pending.push(block.slice(start));
  }
  const content = joined(pending);
  if (content.length > 0) yield { content, bytes: bytes + content.length };
}

async function open(path: string): Promise<Deno.FsFile> {
  try {
    const file = await Deno.open(path);
    if ((await file.stat()).isFile) return file;
    file.close();
  } catch (error) {
    throw unreadable(
      path,
      error instanceof Deno.errors.NotFound ? "there is no such file" : messageOf(error),
    );
  }
  throw unreadable(path, "it is not a file");
}

function unreadable(path: string, found: string): UserError {
  return new UserError({
    action: "read the data file",
    thing: path,
    found,
    expected: "a JSON Lines file",
    remedy: "Check the name, and the folder it is looked for in.",
  });
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function withoutMark(content: Uint8Array, path: string): Uint8Array {
  const [a, b, c] = content;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) throw notUtf8(path, 1, "it is UTF-16");
  return a === 0xef && b === 0xbb && c === 0xbf ? content.subarray(3) : content;
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decode(content: Uint8Array, path: string, line: number): string {
  try {
    return strictUtf8.decode(content);
  } catch {
    throw notUtf8(path, line, "it has bytes that are not UTF-8");
  }
}

function notUtf8(path: string, line: number, found: string): UserError {
  return new UserError({
    action: "read",
    thing: `${path}:${line}`,
    found,
    expected: "text in UTF-8",
    remedy: "Save the file again as UTF-8.",
  });
}

function parse(text: string, path: string, line: number): DataRow {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UserError({
      action: "read",
      thing: `${path}:${line}`,
      found: line === 1 && /^[[{]$/.test(text)
        ? "the file is one JSON document over many lines"
        : `the line is not JSON (${messageOf(error)})`,
      expected: "one JSON object a line",
      remedy: "Put each object on a line of its own.",
    });
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    const found = value === null ? "null" : Array.isArray(value) ? "a list" : `a ${typeof value}`;
    throw new UserError({
      action: "read",
      thing: `${path}:${line}`,
      found: `the line is ${found}`,
      expected: "one JSON object a line",
      remedy: 'Give the values names, as in {"question": "..."}.',
    });
  }
  return value as DataRow;
}
