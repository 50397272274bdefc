/** The machine's three clocks together: tells a sleep from a clock that was set, and UTC of any moment of the monotonic one. */

import type { Clock, StudyGap } from "../../core/mod.ts";
import { showDuration } from "../../core/mod.ts";

/** What is read. Milliseconds. */
export interface MachineClocks {
  /** Monotonic; stands still while the machine sleeps, but for some systems. */
  mono(): number;
  /** Monotonic since the start of the machine, sleep included, possibly in whole seconds; null: there is none. */
  boot(): number | null;
  /** Since 1970. */
  wall(): number;
}

/** The clocks of this machine; the time since its start, in whole seconds, needs the right `--allow-sys=osUptime`. */
export function machineClocks(mono: () => number): MachineClocks {
  return {
    mono,
    wall: Date.now,
    boot() {
      try {
        return Deno.osUptime() * 1000;
      } catch {
        return null;
      }
    },
  };
}

/** One reading of all three. */
interface Reading {
  readonly mono: number;
  readonly boot: number | null;
  readonly wall: number;
}

/** From so much on, a sleep or a step is told as a gap: more than clocks of whole seconds can differ by. */
const notable_ms = 1100;
/** From so much on, UTC follows the wall clock anew. */
const noise_ms = 20;
/** A reading that took longer was interrupted, and is taken again, so many times. */
const smooth_ms = 2;
const tries = 5;
/** As many offsets are kept: records are made within a second of their call. */
const mostOffsets = 64;

export class MachineClock {
  readonly #clocks: MachineClocks;
  readonly #every_ms: number;
  readonly #onGap: (gap: StudyGap) => void;
  #last: Reading;
  /** Wall minus monotonic clock, each valid from a moment on. */
  readonly #offsets: { from_ms: number; offset: number }[];
  #woken_ms = -Infinity;
  /** Monotonic time in which nothing ran: the machine slept without stopping that clock, or the process was held. */
  stalled_ms = 0;

  /**
   * @param onGap called for a sleep (also a process that was held) and for a step of the wall clock
   * @param every_ms how often it is read at least, see `watch`. @default 1,000
   */
  constructor(clocks: MachineClocks, onGap: (gap: StudyGap) => void, every_ms = 1000) {
    this.#clocks = clocks;
    this.#every_ms = every_ms;
    this.#onGap = onGap;
    this.#last = this.#take();
    this.#offsets = [{ from_ms: -Infinity, offset: this.#last.wall - this.#last.mono }];
  }

  /** Reads the clocks until the signal. Never rejects. */
  async watch(clock: Pick<Clock, "now" | "sleepUntil">, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await clock.sleepUntil(clock.now() + this.#every_ms, signal).catch(() => {});
      this.read();
    }
  }

  /** UTC of a moment on the monotonic clock, in milliseconds since 1970: what the wall clock showed then. */
  utc_ms(at_ms: number): number {
    const { offset } = this.#offsets.findLast(({ from_ms }) => from_ms <= at_ms) ?? this.#offsets[0]!;
    return at_ms + offset;
  }

  /** UTC now. */
  now_ms(): number {
    return this.utc_ms(this.#clocks.mono());
  }

  /** Whether the machine was found to have slept after a moment on the monotonic clock: what was under way then has no true times. */
  sleptSince(at_ms: number): boolean {
    return this.#woken_ms >= at_ms;
  }

  /** Looks whether something has happened since the last reading, and tells it. */
  read(): void {
    const before = this.#last;
    const now = this.#take();
    this.#last = now;
    const moved = (now.wall - now.mono) - (before.wall - before.mono);
    const counted = now.boot === null || before.boot === null
      ? null
      : (now.boot - now.mono) - (before.boot - before.mono);
    // Without the time since the machine's start, a wall clock that is ahead is taken for a sleep.
    const beyond = counted ?? Math.max(0, moved);
    // The wall clock is the finer one, where both say the same.
    const same = Math.abs(moved - beyond) < notable_ms;
    const slept = beyond < notable_ms ? 0 : same ? moved : beyond;
    const stepped = moved - slept;
    const stalled = now.mono - before.mono - this.#every_ms;
    const held = stalled > 30 * this.#every_ms ? stalled : 0;
    const from_ms = this.utc_ms(before.mono);
    const expected_ms = this.utc_ms(now.mono) + slept;
    if (Math.abs(now.wall - now.mono - this.#offsets.at(-1)!.offset) >= noise_ms) {
      this.#offsets.push({ from_ms: slept > 0 ? before.mono : now.mono, offset: now.wall - now.mono });
      if (this.#offsets.length > mostOffsets) this.#offsets.shift();
    }
    if (slept > 0 || held > 0) {
      this.stalled_ms += held;
      this.#woken_ms = now.mono;
      this.#onGap({
        kind: "sleep",
        from_at: iso(from_ms),
        until_at: iso(expected_ms),
        ms: Math.round(slept + held),
        detail: slept > 0
          ? `the machine slept for ${showDuration(slept)}`
          : `this program stood still for ${showDuration(held)}`,
      });
    }
    if (Math.abs(stepped) >= notable_ms) {
      this.#onGap({
        kind: "clock_step",
        from_at: iso(expected_ms),
        until_at: iso(now.wall),
        ms: Math.round(stepped),
        detail: `the clock was set ${showDuration(Math.abs(stepped))} ${stepped > 0 ? "forward" : "back"}`,
      });
    }
  }

  #take(): Reading {
    let best: Reading | null = null;
    let closest = Infinity;
    for (let i = 0; i < tries && closest > smooth_ms; i++) {
      const from = this.#clocks.mono();
      const boot = this.#clocks.boot();
      const wall = this.#clocks.wall();
      const took = this.#clocks.mono() - from;
      if (best !== null && took >= closest) continue;
      closest = took;
      best = { mono: from + took / 2, boot, wall };
    }
    return best!;
  }
}

const iso = (ms: number) => new Date(ms).toISOString();
