/**
 * Samples how a worker itself is doing while it sends: CPU time and how late its timers are. It runs in the worker, which
 * may be on another machine; what it keeps lies beside the journal.
 */

import process from "node:process";
import { dirname } from "node:path";
import { writeAll } from "../storage/mod.ts";
import type { VitalSigns } from "./vitals.ts";

/** How often it looks. */
export interface VitalsPace {
  /** Length of a timer whose lateness is sampled. */
  readonly timer_ms: number;
  /** How often a line is written. */
  readonly line_ms: number;
}

const usualPace: VitalsPace = { timer_ms: 10, line_ms: 250 };
/** For what lasts days: 10 MB in two weeks. */
export const calmPace: VitalsPace = { timer_ms: 1000, line_ms: 20_000 };

/** Samples the process that it lives in. */
export class VitalsMonitor {
  readonly #file: Deno.FsFile;
  readonly #now: () => number;
  #lags: number[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #lines: ReturnType<typeof setInterval>;
  #writing: Promise<unknown> = Promise.resolve();

  private constructor(file: Deno.FsFile, now: () => number, { timer_ms, line_ms }: VitalsPace) {
    this.#file = file;
    this.#now = now;
    this.#wait(timer_ms);
    this.#write();
    this.#lines = setInterval(() => this.#write(), line_ms);
  }

  /**
   * Begins to sample.
   *
   * @param now milliseconds from the segment's origin
   */
  static async start(path: string, now: () => number, pace = usualPace): Promise<VitalsMonitor> {
    await Deno.mkdir(dirname(path), { recursive: true });
    return new VitalsMonitor(await Deno.open(path, { append: true, create: true }), now, pace);
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    clearInterval(this.#lines);
    this.#write();
    await this.#writing;
    this.#file.close();
  }

  #wait(timer_ms: number): void {
    const due = this.#now() + timer_ms;
    this.#timer = setTimeout(() => {
      this.#lags.push(tenths(Math.max(0, this.#now() - due)));
      this.#wait(timer_ms);
    }, timer_ms);
  }

  /** What can't be written is left out: the load is worth more than the figures about its sender. */
  #write(): void {
    const { user, system } = process.cpuUsage();
    const signs: VitalSigns = {
      at_ms: tenths(this.#now()),
      cpu_ms: tenths((user + system) / 1000),
      lags_ms: this.#lags,
    };
    this.#lags = [];
    const line = new TextEncoder().encode(JSON.stringify(signs) + "\n");
    this.#writing = this.#writing.then(() => writeAll(this.#file, line)).catch(() => {});
  }
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
