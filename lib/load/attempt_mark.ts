/** What the accounts of a load need of an attempt: a run of millions is resumed without its texts in memory. */

import { join } from "node:path";
import type { RequestRecord } from "../core/mod.ts";
import { eachRecord } from "../storage/mod.ts";

/** Part of a record. */
export type AttemptMark = Pick<
  RequestRecord,
  | "request_id"
  | "attempt"
  | "segment"
  | "status"
  | "error_kind"
  | "error_message"
  | "http_status"
  | "sent_ms"
  | "ended_ms"
>;

/** Takes what is needed out of a record. */
export function markOf(record: AttemptMark): AttemptMark {
  const { request_id, attempt, segment, status, error_kind, error_message, http_status, sent_ms, ended_ms } =
    record;
  return { request_id, attempt, segment, status, error_kind, error_message, http_status, sent_ms, ended_ms };
}

/** The marks of all journals in a folder; none where there is no such folder. A journal that is still written to counts as far as it goes. */
export async function readMarks(folder: string): Promise<AttemptMark[]> {
  const marks: AttemptMark[] = [];
  for (const path of await journalsIn(folder)) {
    for await (const record of eachRecord(path)) marks.push(markOf(record));
  }
  return marks;
}

/** The marks of one journal; none where there is no such file. */
export async function marksOf(path: string): Promise<AttemptMark[]> {
  try {
    return await Array.fromAsync(eachRecord(path), markOf);
  } catch (error) {
    if (error instanceof Error && error.cause instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Paths of the journals in a folder, by name; none where there is no such folder. */
export async function journalsIn(folder: string): Promise<string[]> {
  try {
    const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
    return names.filter((name) => name.endsWith(".jsonl")).sort().map((name) => join(folder, name));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
