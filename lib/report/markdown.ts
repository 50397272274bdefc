/** Markdown as the report writes it. */

import { markdownTable } from "markdown-table";
import { escapeMarkdown, type Estimate, showMoney, showNumber } from "../core/mod.ts";

/** A column: its heading and where its text stands. */
export interface Column<Row> {
  readonly heading: string;
  /** Numbers stand right. Default `right`. */
  readonly align?: "left" | "right";
  /** Markdown; text from outside must be escaped already. */
  readonly cell: (row: Row) => string;
}

/** A table with one line a row. */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  return markdownTable(
    [
      columns.map((column) => column.heading),
      ...rows.map((row) => columns.map((column) => column.cell(row))),
    ],
    { align: columns.map((column) => column.align ?? "right") },
  );
}

/** Money as Markdown: the dollar sign would open a formula in some viewers. */
export function money(amount: number | null, currency: string): string {
  return escapeMarkdown(showMoney(amount, currency));
}

/** A payload file's name as Markdown, without its ending. */
export function fileName(payload_file: string): string {
  return escapeMarkdown(payload_file.replace(/\.jsonl$/, ""));
}

/** The mark behind a figure with few samples. */
export const fewSamples = "†";

/** A figure divided by `unit`: `–` when hidden, with a mark when it has few samples. */
export function figure(estimate: Estimate | null | undefined, unit = 1): string {
  if (!estimate || estimate.value === null) return "–";
  return showNumber(estimate.value / unit) + (estimate.flagged ? fewSamples : "");
}

/** A figure with its interval: `812 (790–850)`, `812 (790–)` where the upper end is open. */
export function figureWithInterval(estimate: Estimate | null | undefined, unit = 1): string {
  if (!estimate || estimate.value === null) return "–";
  const { low, high } = estimate;
  if (low === null && high === null) return figure(estimate, unit);
  const end = (value: number | null) => value === null ? "" : showNumber(value / unit);
  return `${figure(estimate, unit)} (${end(low)}–${end(high)})`;
}

/** What the marks of these figures mean, as paragraphs; null for a mark that none has. */
export function sampleNotes(figures: readonly (Estimate | null | undefined)[]): (string | null)[] {
  return [
    figures.some((estimate) => estimate?.flagged && estimate.value !== null)
      ? `${fewSamples} Few samples: fewer than 5/(1 − p) for a percentile p. Take it as rough.`
      : null,
    figures.some((estimate) => estimate && estimate.value === null)
      ? "– Hidden: fewer samples than 1/(1 − p), or nothing was measured."
      : null,
  ];
}

/** From this many milliseconds on, figures of a kind are given in seconds. */
const inSeconds = 10_000;

/** The unit in which milliseconds of a column are shown: its name, and how many of them it has. */
export function unitOf(
  milliseconds: readonly (number | null)[],
): { readonly name: string; readonly ms: number } {
  const long = milliseconds.some((value) => value !== null && value >= inSeconds);
  return long ? { name: "s", ms: 1000 } : { name: "ms", ms: 1 };
}

/** One section for each payload file, in the order in which they appear. */
export function byPayloadFile<Row extends { readonly payload_file: string }>(
  rows: readonly Row[],
  section: (rows: readonly Row[]) => string,
): string {
  const files = new Set(rows.map((row) => row.payload_file));
  return [...files].map((file) =>
    `**${fileName(file)}**\n\n${section(rows.filter((row) => row.payload_file === file))}`
  ).join("\n\n");
}

/** Paragraphs, those that are not empty. */
export function paragraphs(...parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null && part !== "").join("\n\n");
}

/** A text in a fence that nothing in it can close. */
export function fenced(text: string, language: string): string {
  const longest = (text.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2);
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}
