/** What the journals of one start of the load have got since they were last read. */

import { join } from "node:path";
import type { RequestRecord } from "../../core/mod.ts";
import { LineFollower } from "../../run/mod.ts";

/** Follows all journals of a segment, whoever writes them. */
export class SegmentNews {
  readonly #folder: string;
  readonly #segment: string;
  readonly #journals = new Map<string, LineFollower>();

  /** @param segment `s2` */
  constructor(folder: string, segment: string) {
    this.#folder = folder;
    this.#segment = segment;
  }

  /** The records that are new, journal by journal. */
  *read(): Generator<RequestRecord> {
    for (const { name } of Deno.readDirSync(this.#folder)) {
      if (!name.startsWith(`${this.#segment}-`) || !name.endsWith(".jsonl")) continue;
      const path = join(this.#folder, name);
      const journal = this.#journals.getOrInsertComputed(path, () => new LineFollower(path));
      for (const line of journal.read()) {
        const record = JSON.parse(line) as Partial<RequestRecord>;
        if (record.request_id !== undefined) yield record as RequestRecord;
      }
    }
  }
}
