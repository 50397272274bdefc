/** How long a study still takes if nothing holds it up. */

import type { PlannedRequest, StudySchedule } from "../../core/mod.ts";
import type { Tally } from "../tally.ts";

export class TimeLeft {
  readonly #schedule: StudySchedule;
  readonly #calls: number;
  readonly #lanes: number;
  /** Pauses of all units. */
  readonly #pauses: number;
  readonly #last_due_ms: number;

  constructor(schedule: StudySchedule, requests: readonly PlannedRequest[]) {
    this.#schedule = schedule;
    this.#calls = requests.length;
    const units = new Set(requests.map(({ call }) => call?.unit)).size;
    const blocks = new Set(requests.map(({ call }) => call?.block)).size;
    this.#lanes = Math.max(1, Math.min(schedule.parallel_calls, units));
    this.#pauses = blocks - units;
    this.#last_due_ms = requests.at(-1)?.due_ms ?? 0;
  }

  /**
   * Seconds: by the due times, or by the pauses and calls that are left at the mean service time so far; null: nothing is known of
   * that yet.
   *
   * @param now what has run of the study's time, in milliseconds
   */
  seconds(now: number, tallies: readonly Pick<Tally, "done" | "service_ms">[]): number | null {
    const { calls_per_minute, duration_ms, pause_ms } = this.#schedule;
    const done = tallies.reduce((sum, tally) => sum + tally.done, 0);
    if (done >= this.#calls) return 0;
    if (done === 0) return null;
    const mean_ms = tallies.reduce((sum, tally) => sum + tally.service_ms, 0) / done;
    const left = 1 - done / this.#calls;
    const left_ms = calls_per_minute === null
      ? (this.#pauses * left * pause_ms + this.#calls * left * mean_ms) / this.#lanes
      : this.#last_due_ms + mean_ms - now;
    return Math.max(0, Math.min(left_ms, (duration_ms ?? Infinity) - now)) / 1000;
  }
}
