/** Turns stamps of the wall clock into times of a monotonic one, also when the wall clock is set while we measure. */

/** Readings around which the closest pair is looked for. */
const readings = 48;
const retakeEvery_ms = 1000;
/** Two readings this far apart were interrupted in between, or the wall clock was set. */
const suspicious_ms = 0.5;
/** More than the noise of `retake`: the wall clock was set. */
const step_ms = 0.05;
/** A stamp may lie this much beyond its bounds for the noise of the readings. */
const tolerance_ms = 0.02;

/** Both clocks, in milliseconds; the wall clock's zero may be anywhere. */
export interface ClockPair {
  wall(): number;
  mono(): number;
}

/**
 * The difference between the two. It is constant but for steps: what slows or hastens the one does so to the other.
 */
export class WallOffset {
  readonly #clocks: ClockPair;
  #offset = 0;
  /** Before the last step. */
  #earlier = 0;
  #taken_ms = 0;

  constructor(clocks: ClockPair) {
    this.#clocks = clocks;
    this.#retake();
    this.#earlier = this.#offset;
  }

  /** Notices a step. Called at each wake-up, before its stamps are converted; returns the time. */
  observe(): number {
    const wall = this.#clocks.wall();
    const now = this.#clocks.mono();
    if (Math.abs(wall - now - this.#offset) > suspicious_ms || now - this.#taken_ms > retakeEvery_ms) {
      const before = this.#offset;
      this.#retake();
      if (Math.abs(this.#offset - before) > step_ms) this.#earlier = before;
    }
    return now;
  }

  /**
   * The time of a stamp. It must lie after `from_ms` (the request was sent) and not in the future; a stamp from before a
   * step is known by that and converted with the earlier offset. What fits neither, and a missing stamp (NaN), becomes
   * the present.
   *
   * @param observed_ms what the last `observe` returned
   */
  convert(stamp: number, from_ms: number, observed_ms: number): number {
    const at_ms = stamp - this.#offset;
    if (at_ms >= from_ms - tolerance_ms && at_ms <= observed_ms) return at_ms;
    const now = this.#clocks.mono();
    if (at_ms >= from_ms - tolerance_ms && at_ms <= now + tolerance_ms) return at_ms;
    const before = stamp - this.#earlier;
    return before >= from_ms - tolerance_ms && before <= now + tolerance_ms ? before : now;
  }

  /** Of many readings, one wall between two mono, the closest pair of the latter tells best. */
  #retake(): void {
    let closest = Infinity;
    for (let i = 0; i < readings; i++) {
      const before = this.#clocks.mono();
      const wall = this.#clocks.wall();
      const after = this.#clocks.mono();
      if (after - before >= closest) continue;
      closest = after - before;
      this.#offset = wall - (before + after) / 2;
    }
    this.#taken_ms = this.#clocks.mono();
  }
}
