/** Which levels of a run are over, and why: what their stop rules left unsent is not missing. */

import type { LevelEnd, PlannedRequest } from "../core/mod.ts";
import { readJsonLines } from "../storage/mod.ts";

/** A line of `shards/ends.jsonl`. */
export interface LevelEnding {
  readonly segment: string;
  readonly level: number;
  readonly ended_by: LevelEnd;
}

const fileOf = (run_dir: string) => `${run_dir}/shards/ends.jsonl`;

/** Adds a level to the run's list of those that are over; it is there when this returns, whatever becomes of the run. */
export function appendLevelEnd(run_dir: string, end: LevelEnding): void {
  Deno.writeTextFileSync(fileOf(run_dir), JSON.stringify(end) + "\n", { append: true });
}

/** The levels of a run that have ended, by number; none before the first. */
export async function readLevelEnds(run_dir: string): Promise<Map<number, LevelEnd>> {
  const exists = await Deno.stat(fileOf(run_dir)).then(() => true, () => false);
  const lines = exists ? await readJsonLines<LevelEnding>(fileOf(run_dir)) : [];
  return new Map(lines.map(({ level, ended_by }) => [level, ended_by]));
}

/**
 * Whether a request that was not sent need not be: its level ended by a rule that says enough is known, or it only was to
 * keep up the load after the measured ones. A level that failed too often is not over.
 */
export function isSpared(
  { level, phase }: Pick<PlannedRequest, "level" | "phase">,
  ends: ReadonlyMap<number, LevelEnd>,
): boolean {
  const end = ends.get(level);
  return end === "duration" || end === "ci_width" || end === "precision" ||
    (end === "requests" && phase === "drain");
}
