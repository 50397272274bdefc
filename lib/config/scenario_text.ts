/** The text of a scenario file as its objects, each by itself: what is wrong with one hides none of the others. */

import { createScanner, type JSONScanner, type Node, parseTree } from "jsonc-parser";
import { lineBreakAfter } from "./line_index.ts";
import { syntaxFault } from "./scenario_syntax.ts";

/** One object of the file. Offsets of `node` count from `offset`. */
export interface ScenarioObject {
  readonly node: Node;
  /** Where it begins in the file. */
  readonly offset: number;
}

/** A mistake at a place of the text. */
export interface TextFault {
  readonly offset: number;
  readonly text: string;
}

/** What the scanner finds; its own list is no value at run time. */
const kinds = {
  openBrace: 1,
  closeBrace: 2,
  openBracket: 3,
  closeBracket: 4,
  comma: 5,
  colon: 6,
  lineComment: 12,
  blockComment: 13,
  lineBreak: 14,
  blank: 15,
  unknown: 16,
  end: 17,
} as const;

/**
 * The objects of a text. One stands on a line, or over several; between and in them are blank lines, comments (`//`, `#`, and
 * those with an end), and commas too many.
 *
 * @param text without a byte order mark
 * @param faults gets what is wrong
 */
export function* scenarioObjects(text: string, faults: TextFault[]): Generator<ScenarioObject> {
  const scanner = createScanner(text, false);
  for (let kind: number = scanner.scan(); kind !== kinds.end; kind = scanner.scan()) {
    const offset = scanner.getTokenOffset();
    if (kind === kinds.lineBreak || kind === kinds.blank || kind === kinds.comma) continue;
    if (kind === kinds.lineComment || kind === kinds.blockComment && isWhole(scanner)) continue;
    if (kind !== kinds.openBrace) {
      if (!isHash(scanner, kind)) faults.push({ offset, text: strayText(scanner, kind) });
      scanner.setPosition(lineBreakAfter(text, offset));
      continue;
    }
    const { end, hashes, deep } = extentOf(text, scanner, offset);
    if (deep) {
      const text = `lists and objects stand in each other more than ${mostLevels} deep; expected a scenario`;
      faults.push({ offset, text });
      scanner.setPosition(end);
      continue;
    }
    const read = parsed(text.slice(offset, end), offset, hashes);
    if ("node" in read) {
      yield read;
      scanner.setPosition(end);
      continue;
    }
    const next = nextWhole(text, offset, end);
    const own = next === null ? read : parsed(text.slice(offset, next), offset, hashes);
    faults.push("text" in own ? own : read);
    scanner.setPosition(next ?? (text[end - 1] === "}" ? lineBreakAfter(text, end) : end));
  }
}

/** Objects and lists within each other, the outermost counted. */
const mostLevels = 64;

interface Extent {
  readonly end: number;
  /** Comments with `#`, counted from the object's beginning. */
  readonly hashes: readonly (readonly [from: number, to: number])[];
  /** Whether lists and objects stand in each other without end. */
  readonly deep?: true;
}

/** How far an object goes: to its last brace, or to the line that begins another object. */
function extentOf(
  text: string,
  scanner: JSONScanner,
  from: number,
): Extent {
  const open: number[] = [];
  const hashes: [number, number][] = [];
  let before = 0;
  let beginsLine = false;
  scanner.setPosition(from);
  for (let kind: number = scanner.scan(); kind !== kinds.end; kind = scanner.scan()) {
    const offset = scanner.getTokenOffset();
    if (kind === kinds.lineBreak) beginsLine = true;
    if (kind === kinds.lineBreak || kind === kinds.blank || kind === kinds.lineComment) continue;
    if (kind === kinds.blockComment) {
      if (!isWhole(scanner)) return { end: lineBreakAfter(text, offset), hashes };
      continue;
    }
    if (isHash(scanner, kind)) {
      const end = lineBreakAfter(text, offset);
      hashes.push([offset - from, end - from]);
      scanner.setPosition(end);
      continue;
    }
    if (kind === kinds.openBrace) {
      const within = open.at(-1);
      const fits = within === undefined ||
        (within === kinds.openBracket
          ? before === kinds.openBracket || before === kinds.comma
          : before === kinds.colon);
      if (!fits && beginsLine) return { end: offset, hashes };
    }
    if (kind === kinds.openBrace || kind === kinds.openBracket) open.push(kind);
    if (open.length > mostLevels) return { end: lineBreakAfter(text, offset), hashes, deep: true };
    if (kind === kinds.closeBracket && open.at(-1) === kinds.openBracket) open.pop();
    if (kind === kinds.closeBrace) {
      while (open.pop() === kinds.openBracket);
      if (open.length === 0) return { end: offset + 1, hashes };
    }
    before = kind;
    beginsLine = false;
  }
  return { end: text.length, hashes };
}

function parsed(
  chunk: string,
  offset: number,
  hashes: Extent["hashes"],
): ScenarioObject | TextFault {
  let source = chunk.trimEnd();
  for (const [from, to] of hashes) {
    source = source.slice(0, from) + " ".repeat(Math.max(0, Math.min(to, source.length) - from)) +
      source.slice(to);
  }
  source = source.trimEnd();
  const errors: Parameters<typeof parseTree>[1] = [];
  const node = parseTree(source, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first === undefined && node !== undefined) return { node, offset };
  const at = Math.min(first?.offset ?? 0, source.length);
  return { offset: offset + at, text: syntaxFault(first?.error ?? 0, source, at, first?.length ?? 0) };
}

/** The first line behind a faulty object's first that is a whole scenario by itself: the fault has swallowed it. */
function nextWhole(text: string, from: number, end: number): number | null {
  for (let at = lineBreakAfter(text, from) + 1; at < end; at = lineBreakAfter(text, at) + 1) {
    const line = text.slice(at, lineBreakAfter(text, at)).trim().replace(/,$/, "");
    if (line.startsWith("{") && line.endsWith("}") && isScenario(line)) return at;
  }
  return null;
}

function isScenario(line: string): boolean {
  try {
    const value = JSON.parse(line) as Record<string, unknown>;
    return "model_id" in value || "text_prompt" in value;
  } catch {
    return false;
  }
}

/** Whether a comment has its end. */
function isWhole(scanner: JSONScanner): boolean {
  const comment = scanner.getTokenValue();
  return comment.length >= 4 && comment.endsWith("*/");
}

function isHash(scanner: JSONScanner, kind: number): boolean {
  return kind === kinds.unknown && scanner.getTokenValue().startsWith("#");
}

function strayText(scanner: JSONScanner, kind: number): string {
  if (kind === kinds.blockComment) return "a comment without its end; expected */ behind it";
  if (kind === kinds.openBracket || kind === kinds.closeBracket) {
    return "the scenarios stand in a list; expected one object a line, without [ and ] around them";
  }
  if (kind === kinds.closeBrace) return "a } too many; expected one for each {";
  const word = scanner.getTokenValue();
  const shown = word.length > 40 ? `${word.slice(0, 37)}...` : word;
  return `${shown} stands outside an object; expected a scenario in { and }`;
}
