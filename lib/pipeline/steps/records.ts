/** The records of a run, from all its journals. */

import type { RequestRecord } from "../../core/mod.ts";
import { journalsIn } from "../../load/mod.ts";
import type { Run } from "../../run/mod.ts";
import { eachRecord } from "../../storage/mod.ts";

/** Every attempt of every segment and worker, one by one: a run of days has more of them than fit into memory. */
export async function* eachRecordOf({ paths }: Run): AsyncGenerator<RequestRecord> {
  for (const path of await journalsIn(paths.requests)) yield* eachRecord(path);
}

/** All of them at once; none while nothing was sent. */
export function recordsOf(run: Run): Promise<RequestRecord[]> {
  return Array.fromAsync(eachRecordOf(run));
}
