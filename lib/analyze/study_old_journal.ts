/** The journal of a study that was read from the CSV files of AWS's latency notebook. */

import { dirname, join } from "node:path";
import { type JournalHeader, toJsonLines, writeAll } from "../storage/mod.ts";
import type { OldStudy } from "./study_old.ts";

/** Records that are turned into text at once. */
const batch = 2000;

/**
 * Writes the records as the one journal of a run, `requests/imported.jsonl`, so that everything that reads a run reads them, too. The file
 * takes its name once it is whole.
 *
 * @returns its path
 */
export async function writeOldStudyJournal(
  run_dir: string,
  { records }: Pick<OldStudy, "records">,
): Promise<string> {
  const path = join(run_dir, "requests", "imported.jsonl");
  const header: JournalHeader = {
    schema: "fmbench.journal/1",
    segment: "imported",
    worker: "imported",
    clock: "user",
    origin_mono_ns: "0",
    origin_at: records.find(({ sent_at }) => sent_at !== null)?.sent_at ?? new Date(0).toISOString(),
  };
  await Deno.mkdir(dirname(path), { recursive: true });
  const encoder = new TextEncoder();
  const file = await Deno.open(`${path}.part`, { write: true, create: true, truncate: true });
  try {
    await writeAll(file, encoder.encode(toJsonLines([header])));
    for (let from = 0; from < records.length; from += batch) {
      await writeAll(file, encoder.encode(toJsonLines(records.slice(from, from + batch))));
    }
    await file.sync();
  } finally {
    file.close();
  }
  await Deno.rename(`${path}.part`, path);
  return path;
}
