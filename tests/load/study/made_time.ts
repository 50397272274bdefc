/** Time for a study of days that is sent in a minute: it jumps to the next thing due whenever no request is under way. */

import type { Clock } from "../../../lib/core/mod.ts";
import type { MachineClocks } from "../../../lib/load/study/machine_clock.ts";

const hour = 3_600_000;
export const day = 24 * hour;

/** What happens in the made-up fortnight: true times in milliseconds since 1970, whatever any clock shows. */
export const fortnight = {
  begins: Date.UTC(2026, 10, 2),
  calls_per_minute: 1,
  days: 14,
  sleep: { at: Date.UTC(2026, 10, 8, 22), ms: 8 * hour },
  step: { at: Date.UTC(2026, 10, 10, 3, 30), ms: hour },
  outage: { at: Date.UTC(2026, 10, 12, 14), ms: 600_000 },
  keys: {
    last_ms: 12 * hour,
    /** There are no new ones. */
    none: { at: Date.UTC(2026, 10, 14, 11, 30), ms: 2 * hour },
    /** The service takes the old ones no more, although they say otherwise; new ones come 4 minutes before noon. */
    refused: { at: Date.UTC(2026, 10, 9, 11), ms: hour },
  },
} as const;

/** Whether a moment lies in one of the spans. */
export const within = ({ at, ms }: { readonly at: number; readonly ms: number }, moment: number) =>
  moment >= at && moment < at + ms;

/** What the wall clock shows at a true time. */
export const wallAt = (moment: number) => moment + (moment >= fortnight.step.at ? fortnight.step.ms : 0);

/** A process's clock: runs as usual while a request is under way, and jumps otherwise. */
export class MadeTime implements Pick<Clock, "now" | "sleepUntil"> {
  readonly #begun: number;
  #jumped = 0;
  #underWay = 0;
  #ticking = false;
  readonly #sleepers: { at: number; wake: () => void }[] = [];

  /** @param begun true time of the process's start */
  constructor(begun: number) {
    this.#begun = begun;
  }

  now = (): number => performance.now() + this.#jumped;

  /** The true time. The machine sleeps once: its monotonic clock does not see that. */
  moment = (): number => {
    const at = this.#begun + this.now();
    return this.#begun < fortnight.sleep.at && at >= fortnight.sleep.at ? at + fortnight.sleep.ms : at;
  };

  readonly machine: MachineClocks = {
    mono: () => this.now(),
    boot: () => this.moment() - this.#begun,
    wall: () => wallAt(this.moment()),
  };

  sleepUntil = (at: number, signal?: AbortSignal): Promise<void> => {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const sleeper = {
        at,
        wake: () => {
          signal?.removeEventListener("abort", leave);
          resolve();
        },
      };
      const leave = () => {
        this.#sleepers.splice(this.#sleepers.indexOf(sleeper), 1);
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", leave, { once: true });
      this.#sleepers.push(sleeper);
      this.#tick();
    });
  };

  /** While this lasts the clock does not jump. */
  async during<T>(work: Promise<T>): Promise<T> {
    this.#underWay++;
    try {
      return await work;
    } finally {
      this.#underWay--;
      this.#tick();
    }
  }

  #tick(): void {
    if (this.#ticking) return;
    this.#ticking = true;
    setImmediate(() => {
      this.#ticking = false;
      if (this.#underWay > 0 || this.#sleepers.length === 0) return;
      const next = Math.min(...this.#sleepers.map(({ at }) => at));
      this.#jumped += Math.max(0, next - this.now());
      const now = this.now();
      for (const sleeper of this.#sleepers.filter(({ at }) => at <= now)) {
        this.#sleepers.splice(this.#sleepers.indexOf(sleeper), 1);
        sleeper.wake();
      }
      this.#tick();
    });
  }
}
