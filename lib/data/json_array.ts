/** JSON documents that are one list of objects. */

import { Buffer } from "node:buffer";
import { messageOf, UserError } from "../core/mod.ts";
import { type DataRow, rowOf } from "./data_row.ts";
import { decode, withoutMark } from "./text_lines.ts";

/** An element of the list and the line it begins on, from 1. */
export interface JsonElement {
  readonly value: DataRow;
  readonly line: number;
}

const [space, tab, newline, carriageReturn] = [0x20, 0x09, 0x0a, 0x0d];
const [quote, backslash, comma] = [0x22, 0x5c, 0x2c];
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Cuts a list into its elements; knows just enough JSON to see where each one ends. */
class ElementCutter {
  /** Lists and objects that are open; 0 before the list begins and after it has ended. */
  #depth = 0;
  #inText = false;
  #escaped = false;
  #line = 1;
  #began = false;
  #elements = 0;
  #startLine = 1;
  #pending: Uint8Array[] = [];
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  *cut(block: Uint8Array): Generator<JsonElement> {
    let start = 0;
    for (let at = 0; at < block.length; at++) {
      const byte = block[at]!;
      if (byte === newline) this.#line++;
      if (this.#inText) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === backslash) this.#escaped = true;
        else if (byte === quote) this.#inText = false;
      } else if (this.#depth === 0) {
        if (this.#enter(byte)) start = at + 1;
      } else if (byte === quote) this.#inText = true;
      else if (byte === openList || byte === openObject) this.#depth++;
      else if (this.#depth > 1) {
        if (byte === closeList || byte === closeObject) this.#depth--;
      } else if (byte === comma || byte === closeList) {
        this.#pending.push(block.subarray(start, at));
        start = at + 1;
        yield* this.#element(byte === closeList);
        if (byte === closeList) this.#depth = 0;
      }
    }
    if (this.#depth > 0) this.#pending.push(block.slice(start));
  }

  /** Throws UserError unless the list has ended. */
  end(): void {
    if (!this.#began) throw this.#fault(this.#line, "the file is empty");
    if (this.#depth > 0) throw this.#fault(this.#line, "the list has no end: the file is cut off");
  }

  #enter(byte: number): boolean {
    if (byte === space || byte === tab || byte === newline || byte === carriageReturn) return false;
    if (this.#began) throw this.#fault(this.#line, "there is more after the end of the list");
    if (byte !== openList) throw this.#fault(this.#line, "the document is not a list");
    this.#began = true;
    this.#depth = 1;
    this.#startLine = this.#line;
    return true;
  }

  *#element(last: boolean): Generator<JsonElement> {
    const raw = decode(concat(this.#pending), `${this.#name}:${this.#startLine}`);
    const text = raw.trim();
    const before = raw.slice(0, raw.length - raw.trimStart().length);
    const line = this.#startLine + before.split("\n").length - 1;
    this.#pending = [];
    this.#startLine = this.#line;
    if (text === "" && last && this.#elements === 0) return;
    this.#elements++;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      throw this.#fault(line, `element ${this.#elements} is not JSON (${messageOf(error)})`);
    }
    yield { value: rowOf(value, `${this.#name}:${line}`, "element"), line };
  }

  #fault(line: number, found: string): UserError {
    return new UserError({
      action: "read",
      thing: `${this.#name}:${line}`,
      found,
      expected: "one list of JSON objects",
      remedy: 'Write the rows as [{"question": "..."}, ...], or one object a line.',
    });
  }
}

/**
 * Reads a JSON list element by element; no more than one element and one block are held in memory.
 *
 * @throws {UserError} If it is no list of objects; names file and line
 */
export async function* jsonElements(
  blocks: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<JsonElement> {
  const cutter = new ElementCutter(name);
  let first = true;
  for await (const block of blocks) {
    yield* cutter.cut(first ? withoutMark(block, name) : block);
    first = false;
  }
  cutter.end();
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return parts.length === 1 ? parts[0]! : new Uint8Array(Buffer.concat(parts));
}
