/** The clocks of a fleet's workers: measured between levels, so that all stamps lie on one time line, and it is known how well. */

import { inParallel } from "../storage/mod.ts";
import { type ClockOffset, skewBetween } from "./clock_sync.ts";
import type { Hub } from "./hub.ts";
import type { LevelClock } from "./worker_home.ts";

/**
 * Stamps of a level that may be off by more than this, or by more than this part of the level's time, are not trusted: figures within one
 * request are right all the same, but how requests of several machines lie to each other is not. Crystals keep to 0.00005.
 */
export const skewLimit = { ms: 5, part: 0.0001 } as const;

/** So many are measured side by side: all at once would wait for each other and see the wait as distance. */
const lanes = 16;

export interface LevelSkew {
  readonly level: number;
  readonly skew_ms: number;
  readonly limit_ms: number;
  readonly trusted: boolean;
}

/** One worker's clock. */
export class WorkerClock {
  /** Where its zero was set. */
  first: ClockOffset | null = null;
  last: ClockOffset | null = null;
  readonly levels: LevelClock[] = [];

  /** How far it has gone away from the controller's since its zero was set. */
  get drift_ms(): number {
    return this.first === null || this.last === null ? 0 : this.last.offset_ms - this.first.offset_ms;
  }

  /**
   * Takes a measurement between two levels; null: there is no such level.
   *
   * @returns how far the stamps of the level before are off; null: there was none, or it was not measured at its beginning
   */
  take(offset: ClockOffset, ended: number | null, begins: number | null): LevelSkew | null {
    this.first ??= offset;
    this.last = offset;
    const open = this.levels.at(-1);
    let skew: LevelSkew | null = null;
    if (ended !== null && open?.level === ended) {
      this.levels[this.levels.length - 1] = { ...open, after: offset };
      if (open.before !== null) skew = skewOf(ended, open.before, offset);
    }
    if (begins !== null) this.levels.push({ level: begins, before: offset, after: null });
    return skew;
  }
}

function skewOf(level: number, before: ClockOffset, after: ClockOffset): LevelSkew {
  const skew_ms = skewBetween(before, after);
  const limit_ms = Math.max(skewLimit.ms, skewLimit.part * (after.at_ms - before.at_ms));
  return { level, skew_ms, limit_ms, trusted: skew_ms <= limit_ms };
}

/** Measures the clocks of these workers; null for one that is lost or does not answer. */
export function measureClocks(
  hub: Pick<Hub, "clockOf">,
  workers: readonly number[],
): Promise<(ClockOffset | null)[]> {
  return inParallel(workers, lanes, (worker) => hub.clockOf(worker));
}
