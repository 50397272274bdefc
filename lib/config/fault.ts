/** What is wrong with a config, and what in it has no effect, each with its place in the user's file. */

import { UserError } from "../core/mod.ts";

/** A place in a file; `line` and `column` count from 1. */
export interface Mark {
  /** The path as the user gave it, or `--set path=value` for what came from the command line. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One mistake: `text` says what is wrong and, after a semicolon, what was expected. */
export interface Fault extends Mark {
  readonly text: string;
}

/** Something the user should know and need not fix. */
export interface Notice {
  readonly file: string;
  readonly line: number;
  /** `experiments[0].image_uri`. */
  readonly key: string;
  readonly text: string;
}

/** Steps from the root of a document to a value: names of keys, positions in lists. */
export type Path = readonly (string | number)[];

/** All faults of a config at once. The message is one line a fault; exit code 1. */
export class ConfigError extends UserError {
  override readonly name: string = "ConfigError";
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    const sorted = inOrder(faults);
    super(formatFaults(sorted));
    this.faults = sorted;
  }
}

/** Faults by file, line and column; the same fault at the same place once. */
function inOrder(faults: readonly Fault[]): Fault[] {
  const byLine = [...new Map(faults.map((fault) => [formatFaults([fault]), fault])).values()];
  return byLine.sort((a, b) =>
    a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column || a.text.localeCompare(b.text)
  );
}

/** One line a fault: `file:line:column: what is wrong; what was expected`. */
export function formatFaults(faults: readonly Fault[]): string {
  return faults.map(({ file, line, column, text }) => `${file}:${line}:${column}: ${text}`).join("\n");
}

/** One line a notice: `file:line: notice: "key" text`. */
export function formatNotices(notices: readonly Notice[]): string {
  return notices.map(({ file, line, key, text }) => `${file}:${line}: notice: "${key}" ${text}`).join("\n");
}

/** A path as people write it: `experiments[0].env["serving.properties"]`. */
export function showPath(path: Path): string {
  let shown = "";
  for (const step of path) {
    if (typeof step === "number") shown += `[${step}]`;
    else if (/^[\w-]+$/.test(step)) shown += shown === "" ? step : `.${step}`;
    else shown += `["${step}"]`;
  }
  return shown;
}
