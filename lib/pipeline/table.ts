/** Markdown tables of plain values, with every text escaped. */

import { markdownTable } from "markdown-table";
import { escapeMarkdown, showNumber } from "../core/mod.ts";

/** A cell: texts are escaped, numbers shown with three significant digits (whole ones in full). */
export type TableValue = string | number | null;

function shown(value: TableValue): string {
  if (typeof value === "string") return escapeMarkdown(value);
  return showNumber(value, typeof value === "number" && Number.isInteger(value) ? 15 : 3);
}

/** A number, or a text that opens with one (`12 ms`, `97.5 %`). */
const isFigure = (value: TableValue | undefined) => typeof value !== "string" || /^[–\d]/.test(value);

/** A table with one header row; columns whose every value is a figure are aligned to the right. */
export function table(header: readonly string[], rows: readonly (readonly TableValue[])[]): string {
  const align = header.map((_, i) => rows.length > 0 && rows.every((row) => isFigure(row[i])) ? "r" : "l");
  return markdownTable([[...header], ...rows.map((row) => row.map(shown))], { align });
}

/** A table of facts: name on the left, value on the right. */
export function factsTable(facts: readonly (readonly [string, TableValue])[]): string {
  return markdownTable([["", ""], ...facts.map(([name, value]) => [escapeMarkdown(name), shown(value)])]);
}
