/** The records of a run, from all its journals. */

import { join } from "node:path";
import type { RequestRecord } from "../../core/mod.ts";
import { readJournal } from "../../storage/mod.ts";
import type { Run } from "../../run/mod.ts";

/** Every attempt of every segment and worker; none while nothing was sent. */
export async function recordsOf(run: Run): Promise<RequestRecord[]> {
  const records: RequestRecord[] = [];
  for await (const { name } of Deno.readDir(run.paths.requests)) {
    if (name.endsWith(".jsonl")) records.push(...(await readJournal(join(run.paths.requests, name))).records);
  }
  return records;
}
