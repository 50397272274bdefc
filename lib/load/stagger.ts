/** When the slots of a level begin. */

import { type Random, seededRandom } from "../core/mod.ts";

/** Window of the first level, when nothing is known of the service time yet. */
const unknownWindow_ms = 50;
const longestWindow_ms = 2000;

/**
 * How long after the level's start each slot sends its first request, in milliseconds: spread over half the expected
 * service time (at most 2 s), so that equal service times do not keep all streams in lockstep. Slot 0 starts at once.
 *
 * @param expected_ms service time seen at this endpoint; null = not known, the spread is 50 ms
 */
export function startDelays(
  of: { seed: number; level: number; concurrency: number; expected_ms: number | null },
): number[] {
  const random: Random = seededRandom(of.seed, ["stagger", of.level]);
  const window = of.expected_ms === null ? unknownWindow_ms : Math.min(longestWindow_ms, of.expected_ms / 2);
  return Array.from({ length: of.concurrency }, (_, slot) => {
    const place = (slot + random.next()) / of.concurrency;
    return slot === 0 ? 0 : place * window;
  });
}
