/** How long a study pauses between two blocks of a unit. */

import { seededRandom, type StudySchedule } from "../../core/mod.ts";

/**
 * The pause before a block, in milliseconds: even around `pause_ms`, at most `jitter` of it longer or shorter. The same seed gives the
 * same pause, also after a resume.
 */
export function pauseBefore(
  seed: number,
  { pause_ms, jitter }: Pick<StudySchedule, "pause_ms" | "jitter">,
  block: number,
): number {
  if (jitter === 0) return pause_ms;
  return pause_ms * (1 + jitter * (2 * seededRandom(seed, ["study pause", block]).next() - 1));
}
