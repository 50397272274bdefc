/** The rows of the CSV files of AWS's latency notebook, as values. */

import { Buffer } from "node:buffer";
import { basename, join } from "node:path";
import { pl } from "nodejs-polars";
import type { DataFrame } from "nodejs-polars";
import { messageOf, UserError } from "../core/mod.ts";

/** Texts of a row, by the notebook's column names; null: empty, Python's word for nothing, or no such column. */
const texts = [
  "api_call_status",
  "full_error_message",
  "model",
  "region",
  "inference_profile",
  "task_type",
  "EXPERIMENT_NAME",
] as const;
/** Numbers of a row; null also: no number. */
const numbers = [
  "time_to_first_byte",
  "time_to_last_byte",
  "configured_output_tokens_for_request",
  "model_input_tokens",
  "model_output_tokens",
  "invocation_id",
  "run_count",
] as const;

export type OldRow =
  & { readonly [name in (typeof texts)[number]]: string | null }
  & { readonly [name in (typeof numbers)[number]]: number | null }
  & {
    /** `job_timestamp_iso`, UTC in milliseconds. */
    readonly sent_at_ms: number | null;
  };

/** Where the status is missing, times tell that an answer came. */
export function isSuccess({ api_call_status, time_to_last_byte }: OldRow): boolean {
  return api_call_status === null ? time_to_last_byte !== null : api_call_status.toLowerCase() === "success";
}

/** Rows of a folder or a file. */
export interface OldRows {
  readonly rows: readonly OldRow[];
  /** Names of the files. */
  readonly files: readonly string[];
  /** Names of those without a call. */
  readonly empty: readonly string[];
}

/** Columns without which a file is none of the notebook's. */
const needed = ["time_to_first_byte", "time_to_last_byte", "api_call_status", "model"];
/** What Python writes where there is nothing. */
const nothing = new Set(["", "none", "nan", "null", "nat", "<na>"]);

/**
 * Reads `invocations_*.csv` of a folder, or one file. Columns may stand in any order, and columns that make no difference may be missing.
 *
 * @throws {UserError} if there is no such file, or one is no table of the notebook's
 */
export async function readOldRows(path: string): Promise<OldRows> {
  const paths = await csvFiles(path);
  const rows: OldRow[] = [];
  const empty: string[] = [];
  for (const file of paths) {
    const own = rowsOf(await Deno.readFile(file), file);
    if (own.length === 0) empty.push(basename(file));
    for (const row of own) rows.push(row);
  }
  return { rows, files: paths.map((file) => basename(file)), empty };
}

async function csvFiles(path: string): Promise<string[]> {
  const missing = (found: string) =>
    new UserError({
      action: "read the study",
      thing: path,
      found,
      expected: "a CSV file of the latency notebook, or the folder of its results with invocations_*.csv",
      remedy: "Give the folder that the notebook calls `directory`.",
    });
  try {
    if ((await Deno.stat(path)).isFile) return [path];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw missing("there is no such file or folder");
    throw error;
  }
  const names: string[] = [];
  for await (const { name, isFile } of Deno.readDir(path)) {
    if (isFile && /^invocations_.*\.csv$/i.test(name)) names.push(name);
  }
  if (names.length === 0) throw missing("it holds no invocations_*.csv");
  return names.sort().map((name) => join(path, name));
}

function rowsOf(bytes: Uint8Array, file: string): OldRow[] {
  // A round in which every call broke left a file without a table.
  if (new TextDecoder().decode(bytes.subarray(0, 1000)).trim() === "" && bytes.length < 1000) return [];
  const table = tableIn(bytes, file);
  if (table.height === 0) return [];
  const columns = new Map(table.columns.map((name) => [name.trim(), name]));
  const lacking = needed.filter((name) => !columns.has(name));
  if (lacking.length > 0) {
    throw new UserError({
      action: "read the study",
      thing: file,
      found: `it has no column ${lacking.join(", ")}`,
      expected: `the columns of the latency notebook's invocations_*.csv`,
      remedy: "Take this file out of the folder, or name the columns as the notebook does.",
    });
  }
  const column = (name: string): (string | null)[] => {
    const own = columns.get(name);
    return own === undefined
      ? new Array<null>(table.height).fill(null)
      : (table.getColumn(own).toArray() as (string | null)[]).map(textOf);
  };
  const text = texts.map((name) => [name, column(name)] as const);
  const number = numbers.map((name) => [name, column(name).map(numberOf)] as const);
  const sent = column("job_timestamp_iso").map(timeOf);
  return sent.map((sent_at_ms, i) =>
    Object.fromEntries([
      ...[...text, ...number].map(([name, values]) => [name, values[i]!]),
      ["sent_at_ms", sent_at_ms],
    ]) as unknown as OldRow
  ).filter(({ model, api_call_status, time_to_last_byte }) =>
    (model ?? api_call_status ?? time_to_last_byte) !== null
  );
}

function tableIn(bytes: Uint8Array, file: string): DataFrame {
  try {
    return pl.readCSV(Buffer.from(bytes), {
      inferSchemaLength: 0,
      truncateRaggedLines: true,
      encoding: "utf8-lossy",
    });
  } catch (error) {
    throw new UserError({
      action: "read the study",
      thing: file,
      found: messageOf(error).split("\n")[0]!,
      expected: "CSV with a header line",
      remedy: "Close every quote, or restore the file.",
    }, { cause: error });
  }
}

function textOf(value: string | null): string | null {
  const text = value?.trim() ?? "";
  return nothing.has(text.toLowerCase()) ? null : text;
}

function numberOf(text: string | null): number | null {
  const value = text === null ? NaN : Number(text);
  return Number.isFinite(value) ? value : null;
}

/** A time without a zone is UTC: the notebook writes `Z`, but spreadsheets drop it. */
function timeOf(text: string | null): number | null {
  if (text === null) return null;
  const zoned = /(Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text.replace(" ", "T")}Z`;
  const at = Date.parse(zoned);
  return Number.isNaN(at) ? null : at;
}
