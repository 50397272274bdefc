/** Why no panel voted although the config would have had one: `evaluations/no_panel.txt`, for the report. */

import { join } from "node:path";
import { redact } from "../../core/mod.ts";
import type { RunPaths } from "../../run/mod.ts";
import { writeAtomic } from "../../storage/mod.ts";

type Paths = Pick<RunPaths, "evaluations">;

const absenceFile = ({ evaluations }: Paths) => join(evaluations, "no_panel.txt");

/** Keeps the reason, which may have lines, as one line without secrets; null: a panel votes, or none is wanted. */
export async function noteAbsence(paths: Paths, reason: string | null): Promise<void> {
  const path = absenceFile(paths);
  if (reason === null) return await Deno.remove(path).catch(unlessMissing);
  const line = reason.split("\n").map((part) => part.trim()).filter((part) => part !== "").join(" ");
  await writeAtomic(path, redact(line) + "\n");
}

/** The reason; null: a panel voted, or none was wanted. */
export async function readAbsence(paths: Paths): Promise<string | null> {
  try {
    return (await Deno.readTextFile(absenceFile(paths))).trim();
  } catch (error) {
    unlessMissing(error);
    return null;
  }
}

function unlessMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
