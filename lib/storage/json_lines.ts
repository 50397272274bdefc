/** JSON Lines: one JSON value a line, UTF-8, every line ended by a line feed. */

import { messageOf, UserError } from "../core/mod.ts";
import { writeAtomic } from "./atomic_write.ts";

/** The text of a JSON Lines file with these values. */
export function toJsonLines(values: Iterable<unknown>): string {
  let text = "";
  for (const value of values) text += JSON.stringify(value) + "\n";
  return text;
}

/**
 * The values of a JSON Lines text; blank lines are skipped. Throws UserError that names the line.
 *
 * @param name what the text is called in the message
 */
export function parseJsonLines<T>(text: string, name: string): T[] {
  const values: T[] = [];
  let number = 0;
  for (const line of text.split("\n")) {
    number++;
    if (line.trim() !== "") values.push(valueIn<T>(line, name, number));
  }
  return values;
}

/** Characters that are written in one go: a file may be longer than a text can be. */
const piece = 1 << 20;

function* inPieces(values: Iterable<unknown>): Generator<string> {
  let text = "";
  for (const value of values) {
    text += JSON.stringify(value) + "\n";
    if (text.length < piece) continue;
    yield text;
    text = "";
  }
  yield text;
}

/** Writes a JSON Lines file as a whole. */
export function writeJsonLines(
  path: string,
  values: Iterable<unknown>,
  options: { mode?: number } = {},
): Promise<void> {
  return writeAtomic(path, inPieces(values), options);
}

/** Reads a JSON Lines file as a whole. Throws UserError when it is missing or a line is no JSON. */
export async function readJsonLines<T>(path: string): Promise<T[]> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    throw new UserError({ action: "read", thing: path, found: messageOf(error) }, { cause: error });
  }
  return parseJsonLines<T>(text, path);
}

/**
 * Reads a JSON Lines file value by value, so that a large one need not fit into memory. Throws as `readJsonLines` does.
 */
export async function* eachJsonLine<T>(path: string): AsyncGenerator<T> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path);
  } catch (error) {
    throw new UserError({ action: "read", thing: path, found: messageOf(error) }, { cause: error });
  }
  let rest = "";
  let before = 0;
  for await (const text of file.readable.pipeThrough(new TextDecoderStream())) {
    const end = text.lastIndexOf("\n") + 1;
    if (end === 0) rest += text;
    else {
      const whole = rest + text.slice(0, end);
      rest = text.slice(end);
      for (const line of whole.split("\n").slice(0, -1)) {
        before++;
        if (line.trim() !== "") yield valueIn<T>(line, path, before);
      }
    }
  }
  if (rest.trim() !== "") yield valueIn<T>(rest, path, before + 1);
}

function valueIn<T>(line: string, name: string, number: number): T {
  try {
    return JSON.parse(line) as T;
  } catch (error) {
    throw new UserError({
      action: "read",
      thing: `${name}:${number}`,
      found: messageOf(error),
      expected: "one JSON value a line",
    }, { cause: error });
  }
}
