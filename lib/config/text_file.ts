/** Reads the small text files of a config: never more than they may hold, and only what is text. */

import { closeSync, openSync, readSync } from "node:fs";
import { messageOf } from "../core/mod.ts";

/** The most that a YAML file may hold, in bytes: ten times FMBench's largest. A parser needs a thousand times the memory. */
export const mostYamlBytes: number = 256 << 10;

/** The most that any other text may hold. */
const mostBytes = 4 << 20;

/** The text of a file, or what is the matter with it, in words that go on after its name. */
export type TextOfFile = { readonly text: string } | { readonly found: string; readonly expected: string };

/** Reads a file of UTF-8 text. Never throws; never reads more than `most` bytes and one. */
export function readTextFile(path: string, most: number = mostBytes): TextOfFile {
  let bytes: Uint8Array;
  try {
    bytes = firstBytes(path, most + 1);
  } catch (error) {
    const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
    return { found: missing ? "there is no such file" : messageOf(error), expected: "a text file" };
  }
  if (bytes.length > most) {
    const limit = most % 1024 === 0 ? `${most / 1024} KiB` : `${most} bytes`;
    return { found: `it holds more than ${limit}`, expected: "a smaller text file" };
  }
  return decode(bytes);
}

/** UTF-8 text of bytes; what can't be is named with the place of the first byte that isn't. */
export function decode(bytes: Uint8Array): TextOfFile {
  const expected = "text in UTF-8";
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    return { found: "it is text in UTF-16", expected };
  }
  const nul = bytes.indexOf(0);
  if (nul !== -1) {
    const wide = bytes.length > 3 && (first === 0) !== (second === 0);
    const found = wide ? "it looks like text in UTF-16" : `a NUL stands ${placeOf(bytes, nul)}`;
    return { found, expected };
  }
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    const at = firstInvalid(bytes);
    const byte = bytes[at]!.toString(16).padStart(2, "0");
    return { found: `the byte 0x${byte} ${placeOf(bytes, at)} is not UTF-8`, expected };
  }
}

function firstBytes(path: string, most: number): Uint8Array {
  const file = openSync(path, "r");
  try {
    const chunks: Uint8Array[] = [];
    for (let left = most; left > 0;) {
      const chunk = new Uint8Array(Math.min(left, 1 << 16));
      const read = readSync(file, chunk);
      if (read === 0) break;
      chunks.push(chunk.subarray(0, read));
      left -= read;
    }
    const whole = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const chunk of chunks) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    return whole;
  } finally {
    closeSync(file);
  }
}

/** `on line 3, column 7`; the column counts bytes. */
function placeOf(bytes: Uint8Array, at: number): string {
  let line = 1;
  let start = 0;
  for (let i = 0; i < at; i++) {
    if (bytes[i] !== 0x0a) continue;
    line++;
    start = i + 1;
  }
  return `on line ${line}, column ${at - start + 1}`;
}

/** The first byte of what is not UTF-8: where the longest beginning that is ends. */
function firstInvalid(bytes: Uint8Array): number {
  let [good, bad] = [0, bytes.length];
  const isGood = (length: number) => {
    try {
      new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, length), { stream: true });
      return true;
    } catch {
      return false;
    }
  };
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (isGood(middle)) good = middle;
    else bad = middle;
  }
  // What is only the beginning of a character is good so far: the first byte of it is meant.
  const whole = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(0, good), {
    stream: true,
  });
  return new TextEncoder().encode(whole).length;
}
