/** Recorded arrivals to be replayed. */

import { UserError } from "../core/mod.ts";

/** One request of a recorded trace. */
export interface TraceRequest {
  /** Milliseconds from the trace's first request, in whole microseconds. */
  readonly at_ms: number;
  /** Length of its prompt; null = not recorded. */
  readonly prompt_tokens: number | null;
  /** Length of its answer; null = not recorded. */
  readonly completion_tokens: number | null;
}

const fields = { at: "TIMESTAMP", prompt: "ContextTokens", completion: "GeneratedTokens" } as const;

/**
 * Reads a trace: CSV with a header line, or JSON Lines, with the fields `TIMESTAMP`, `ContextTokens` and `GeneratedTokens`;
 * the last two may be missing. A time is a date (UTC unless it says otherwise) or a number of seconds. The requests come
 * back in the order of their times.
 *
 * @param name what the messages call it
 * @throws {UserError} naming the line that can't be read
 */
export function parseTrace(text: string, name: string): TraceRequest[] {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  const first = lines.findIndex((line) => line.trim() !== "");
  const rows = lines[first]?.trimStart().startsWith("{")
    ? jsonRows(lines, name)
    : csvRows(lines, Math.max(first, 0), name);
  const times = rows.map(({ line, at }) => {
    const seconds = secondsOf(at);
    if (seconds !== null) return seconds;
    throw complaint(name, line, `${fields.at} is ${JSON.stringify(at ?? null)}`, "a date or seconds");
  });
  if (rows.length === 0) throw complaint(name, 1, "it holds no request", `a line with ${fields.at}`);
  const zero = times.reduce((least, at) => Math.min(least, at), Infinity);
  return rows.map(({ line, prompt, completion }, i) => ({
    at_ms: Math.round((times[i]! - zero) * 1e6) / 1000,
    prompt_tokens: tokensOf(prompt, fields.prompt, name, line),
    completion_tokens: tokensOf(completion, fields.completion, name, line),
  })).sort((a, b) => a.at_ms - b.at_ms);
}

interface Row {
  readonly line: number;
  readonly at: unknown;
  readonly prompt: unknown;
  readonly completion: unknown;
}

function csvRows(lines: readonly string[], header: number, name: string): Row[] {
  const cells = (line: string) => line.split(",").map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"));
  const columns = cells(lines[header] ?? "");
  if (!columns.includes(fields.at)) {
    throw complaint(name, header + 1, "there is no such column", `a header line with ${fields.at}`);
  }
  return lines.flatMap((line, i) => {
    if (i <= header || line.trim() === "") return [];
    const values = cells(line);
    const of = (column: string) => values[columns.indexOf(column)];
    return [{ line: i + 1, at: of(fields.at), prompt: of(fields.prompt), completion: of(fields.completion) }];
  });
}

function jsonRows(lines: readonly string[], name: string): Row[] {
  return lines.flatMap((line, i) => {
    if (line.trim() === "") return [];
    try {
      const value = JSON.parse(line) as Record<string, unknown>;
      return [{
        line: i + 1,
        at: value[fields.at],
        prompt: value[fields.prompt],
        completion: value[fields.completion],
      }];
    } catch {
      throw complaint(name, i + 1, "the line is no JSON object", "one JSON object a line");
    }
  });
}

/** `2023-11-16 18:17:03.9799600`, with or without zone; the fraction keeps all its digits. */
const date = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:?\d\d)?$/;

function secondsOf(at: unknown): number | null {
  if (typeof at === "number") return Number.isFinite(at) ? at : null;
  if (typeof at !== "string" || at === "") return null;
  if (Number.isFinite(Number(at))) return Number(at);
  const match = date.exec(at);
  if (match === null) return null;
  const [, day, time, fraction = "", zone = "Z"] = match;
  const whole = Date.parse(`${day}T${time}${zone}`);
  return Number.isNaN(whole) ? null : whole / 1000 + Number(`0${fraction}`);
}

function tokensOf(value: unknown, field: string, name: string, line: number): number | null {
  if (value === undefined || value === null || value === "") return null;
  const tokens = Number(value);
  if (Number.isInteger(tokens) && tokens >= 0) return tokens;
  throw complaint(name, line, `${field} is ${JSON.stringify(value)}`, "a whole number");
}

function complaint(name: string, line: number, found: string, expected: string): UserError {
  return new UserError({ action: "replay the trace", thing: `${name}:${line}`, found, expected });
}
