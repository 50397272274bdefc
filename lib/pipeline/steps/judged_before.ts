/** The runs whose votes and vectors a run may use again. */

import { UserError } from "../../core/mod.ts";
import { openRun, readManifest, type Run } from "../../run/mod.ts";
import { outputOf } from "../sources.ts";

/** The run that `--from` names, where it is still there, and the one whose answers are judged; none that is this one. */
export async function judgedBefore(run: Run): Promise<Run[]> {
  const { from } = await readManifest(run.paths.manifest);
  const runs = [...from === undefined ? [] : await found(from), await outputOf(run, "3_run_inference")];
  const others = runs.filter(({ paths }) => paths.root !== run.paths.root);
  return [...new Map(others.map((one) => [one.paths.root, one])).values()];
}

async function found(root: string): Promise<Run[]> {
  try {
    return [await openRun(root)];
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}
