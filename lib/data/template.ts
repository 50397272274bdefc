/** Prompt templates: text with `{named}` slots; `{{` and `}}` stand for single braces. */

import { UserError } from "../core/mod.ts";
import type { DataRow } from "./data_row.ts";

/** A template that is ready to be filled. */
export interface PromptTemplate {
  /** Columns that the template needs, each once, in the order of first use. */
  readonly columns: readonly string[];
  /**
   * Puts a row's values into the slots and brings the whole prompt to Unicode form NFC. Texts stand as they are, null
   * is empty, lists are joined (see `slotText`), other values are JSON.
   *
   * @param where what an error names: `file:line`
   * @throws {UserError} If the row lacks a column; lists the columns that it has
   */
  render(row: DataRow, where: string): string;
}

type Piece = string | { readonly column: string };

/**
 * Reads a template. White space around it is dropped.
 *
 * @param keys `datasets.prompt_template_keys`: the columns that slots may name; null or empty makes a constant prompt,
 * in which braces mean nothing
 * @param name what errors call the template, e.g. its file
 * @throws {UserError} If a brace is neither doubled nor part of a slot, or a slot is not among `keys`
 */
export function parseTemplate(text: string, keys: readonly string[] | null, name: string): PromptTemplate {
  const trimmed = text.trim();
  if (keys === null || keys.length === 0) {
    const prompt = trimmed.normalize("NFC");
    return { columns: [], render: () => prompt };
  }
  const pieces = split(trimmed, name);
  const columns = [...new Set(pieces.flatMap((piece) => typeof piece === "string" ? [] : [piece.column]))];
  const unlisted = columns.find((column) => !keys.includes(column));
  if (unlisted !== undefined) {
    throw new UserError({
      action: "use the prompt template",
      thing: name,
      found: `it has the slot {${unlisted}}`,
      expected: `one of the prompt_template_keys: ${keys.join(", ")}`,
      remedy: "Add the column to datasets.prompt_template_keys, or double the braces if they are text.",
    });
  }
  return {
    columns,
    render(row, where) {
      const texts = pieces.map((piece) =>
        typeof piece === "string" ? piece : slotText(columnOf(row, piece.column, where))
      );
      return texts.join("").normalize("NFC");
    },
  };
}

/**
 * What a value looks like in a slot. A list is joined by commas when its items are short and plain, and put one item a
 * line when an item has a comma or a line break of its own.
 */
export function slotText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  if (!Array.isArray(value)) return typeof value === "object" ? JSON.stringify(value) : String(value);
  const items = value.map(slotText);
  return items.join(items.some((item) => /[,\r\n]/.test(item)) ? "\n" : ", ");
}

function columnOf(row: DataRow, column: string, where: string): unknown {
  if (Object.hasOwn(row, column)) return row[column];
  throw new UserError({
    action: "fill the prompt template from",
    thing: where,
    found: `the row has no column "${column}"`,
    expected: `one of its columns: ${Object.keys(row).join(", ") || "none"}`,
    remedy: "Change datasets.prompt_template_keys and the template's slots, or the data.",
  });
}

function split(text: string, name: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(/\{\{|\}\}|\{([^{}\r\n"']+)\}|[{}]/g)) {
    const [found, slot] = match;
    pieces.push(text.slice(from, match.index));
    if (slot !== undefined) pieces.push({ column: slot.trim() });
    else if (found.length === 2) pieces.push(found.charAt(0));
    else throw loneBrace(text.slice(0, match.index), found, name);
    from = match.index + found.length;
  }
  pieces.push(text.slice(from));
  return pieces.filter((piece) => piece !== "");
}

function loneBrace(before: string, brace: string, name: string): UserError {
  const lines = before.split("\n");
  return new UserError({
    action: "use the prompt template",
    thing: name,
    found: `a lone ${brace} at line ${lines.length}, column ${lines.at(-1)!.length + 1}`,
    expected: "slots like {question}",
    remedy: `Write ${brace}${brace} where a brace is meant as text.`,
  });
}
