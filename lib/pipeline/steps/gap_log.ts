/** `gaps.jsonl`: what interrupted a study, as it happened. */

import type { StudyGap } from "../../core/mod.ts";
import { type LineLog, openLineLog, readLineLog } from "../../storage/mod.ts";
import type { Run } from "../../run/mod.ts";

/** Keeps the gaps of one start of the load. */
export class GapLog {
  readonly #log: LineLog<StudyGap>;

  private constructor(log: LineLog<StudyGap>) {
    this.#log = log;
  }

  static async open({ paths }: Run): Promise<GapLog> {
    return new GapLog(await openLineLog<StudyGap>(paths.gaps));
  }

  /** Resolves when the gap is on the disk. */
  async keep(gap: StudyGap): Promise<void> {
    await this.#log.append(gap);
    await this.#log.sync();
  }

  close(): Promise<void> {
    return this.#log.close();
  }
}

/** The gaps of a run, in the order in which they ended; none where nothing was interrupted. */
export async function readGaps({ paths }: Run): Promise<readonly StudyGap[]> {
  try {
    return (await readLineLog<StudyGap>(paths.gaps)).values;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
