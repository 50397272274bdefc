/** Whose verdicts speak for a run. */

import type { Run } from "../run/mod.ts";

/** The run with the verdicts: this one, else the one whose answers it analyses; null: neither has any. */
export async function judgedRun(run: Run, source: Run): Promise<Run | null> {
  for (const one of [run, source]) {
    if (await Deno.stat(one.paths.verdicts).then(() => true, () => false)) return one;
  }
  return null;
}
