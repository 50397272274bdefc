/** What a latency study has no figures for. */

import { studyStep, UserError } from "../core/mod.ts";
import { type Manifest, stepEntry } from "../run/mod.ts";

/**
 * Throws UserError if a run is a latency study: its calls are spread thin on purpose, and say nothing of a load.
 *
 * @param action what can't be done with it: `plan from`
 */
export function refuseStudy(manifest: Pick<Manifest, "steps">, action: string, folder: string): void {
  if (stepEntry(manifest, studyStep) === undefined) return;
  throw new UserError({
    action,
    thing: folder,
    found: "it is a latency study, whose calls make no load",
    expected: "a run with load levels",
    remedy: `\`fmbench report ${folder}\` shows what the study found.`,
  });
}
