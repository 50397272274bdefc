/**
 * Samples how a worker itself is doing while it sends: CPU time and how late its timers are. It runs in the worker, which
 * may be on another machine; what it keeps lies beside the journal.
 */

import process from "node:process";
import { dirname } from "node:path";
import { writeAll } from "../storage/mod.ts";
import type { VitalSigns } from "./vitals.ts";

const timerEvery_ms = 10;
const lineEvery_ms = 250;

/** Samples the process that it lives in. */
export class VitalsMonitor {
  readonly #file: Deno.FsFile;
  readonly #now: () => number;
  #lags: number[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #lines: ReturnType<typeof setInterval>;
  #writing: Promise<unknown> = Promise.resolve();

  private constructor(file: Deno.FsFile, now: () => number) {
    this.#file = file;
    this.#now = now;
    this.#wait();
    this.#write();
    this.#lines = setInterval(() => this.#write(), lineEvery_ms);
  }

  /**
   * Begins to sample.
   *
   * @param now milliseconds from the segment's origin
   */
  static async start(path: string, now: () => number): Promise<VitalsMonitor> {
    await Deno.mkdir(dirname(path), { recursive: true });
    return new VitalsMonitor(await Deno.open(path, { append: true, create: true }), now);
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    clearInterval(this.#lines);
    this.#write();
    await this.#writing;
    this.#file.close();
  }

  #wait(): void {
    const due = this.#now() + timerEvery_ms;
    this.#timer = setTimeout(() => {
      this.#lags.push(tenths(Math.max(0, this.#now() - due)));
      this.#wait();
    }, timerEvery_ms);
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
