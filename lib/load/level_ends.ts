/** Which levels of a run are over, and why: what their stop rules left unsent is not missing. */

import type { LevelEnd, PlannedRequest } from "../core/mod.ts";
import { readJsonLines } from "../storage/mod.ts";

/** A line of `shards/ends.jsonl`. */
interface Line {
  readonly segment: string;
  readonly level: number;
  readonly ended_by: LevelEnd;
}

const fileOf = (run_dir: string) => `${run_dir}/shards/ends.jsonl`;

/** Adds the levels that ended in a segment to the run's list. */
export async function appendLevelEnds(
  run_dir: string,
  segment: string,
  ends: Iterable<readonly [number, LevelEnd]>,
): Promise<void> {
  const lines = [...ends].map(([level, ended_by]) =>
    JSON.stringify({ segment, level, ended_by } satisfies Line) + "\n"
  );
  await Deno.writeTextFile(fileOf(run_dir), lines.join(""), { append: true });
}

/** The levels of a run that have ended, by number; none before the first. */
export async function readLevelEnds(run_dir: string): Promise<Map<number, LevelEnd>> {
  const exists = await Deno.stat(fileOf(run_dir)).then(() => true, () => false);
  const lines = exists ? await readJsonLines<Line>(fileOf(run_dir)) : [];
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
  return end === "duration" || end === "ci_width" || (end === "requests" && phase === "drain");
}
