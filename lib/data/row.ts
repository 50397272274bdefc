/** What a data row says beside its prompt. */

import type { DataRow } from "./data_row.ts";
import { slotText } from "./template.ts";

/** The row's `language`; null when it has none. */
export function languageOf({ language }: DataRow): string | null {
  return typeof language === "string" && language !== "" ? language : null;
}

/** The question as a text; null when there is no such column, or nothing in it. */
export function questionOf(row: DataRow, key: string | null): string | null {
  const question = key === null ? null : row[key] ?? null;
  return question === null ? null : slotText(question);
}

/**
 * A list of answers as it is, a single one as a list of one; null when there is none. A text that is a JSON list of
 * texts, as CSV has it, is a list.
 */
export function groundTruthOf(row: DataRow, key: string | null): string[] | null {
  const truth = key === null ? null : listIn(row[key] ?? null);
  if (truth === null) return null;
  const answers = (Array.isArray(truth) ? truth : [truth]).flat().map(slotText)
    .filter((answer) => answer.trim() !== "");
  return answers.length === 0 ? null : answers;
}

function listIn(value: unknown): unknown {
  if (typeof value !== "string" || !/^\s*\[\s*"/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
