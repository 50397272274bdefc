/** Bytes as lines of text, UTF-8. */

import { UserError } from "../core/mod.ts";

/** A line without its end. */
export interface TextLine {
  readonly text: string;
  /** From 1. */
  readonly line: number;
  /** Bytes of the text up to the end of this line. */
  readonly bytes: number;
}

const newline = 0x0a;

/**
 * Splits a stream into lines; no more than one line and one block are held in memory. A byte order mark is dropped, as
 * is the CR of a CRLF.
 *
 * @throws {UserError} If a line is not UTF-8; names file and line
 */
export async function* textLines(blocks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<TextLine> {
  let line = 0;
  for await (const { content, bytes } of split(blocks)) {
    line++;
    const text = decode(line === 1 ? withoutMark(content, name) : content, `${name}:${line}`);
    yield { text: text.endsWith("\r") ? text.slice(0, -1) : text, line, bytes };
  }
}

async function* split(
  blocks: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ content: Uint8Array; bytes: number }> {
  let bytes = 0;
  let pending: Uint8Array[] = [];
  for await (const block of blocks) {
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

/** The first bytes of a text without its byte order mark. Throws UserError for UTF-16, which needs one. */
export function withoutMark(content: Uint8Array, name: string): Uint8Array {
  const [a, b, c] = content;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) throw notUtf8(`${name}:1`, "it is UTF-16");
  return a === 0xef && b === 0xbb && c === 0xbf ? content.subarray(3) : content;
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Bytes as text. Throws UserError, which names `where`, if they are not UTF-8. */
export function decode(content: Uint8Array, where: string): string {
  try {
    return strictUtf8.decode(content);
  } catch {
    throw notUtf8(where, "it has bytes that are not UTF-8");
  }
}

function notUtf8(where: string, found: string): UserError {
  return new UserError({
    action: "read",
    thing: where,
    found,
    expected: "text in UTF-8",
    remedy: "Save the file again as UTF-8.",
  });
}
