/** Reads all sources beside the load: now and then, and whenever a level begins or ends. What fails is told once. */

import {
  type Clock,
  machineNanoseconds,
  messageOf,
  redact,
  systemClock,
  type UseHeader,
  useMetric,
  useName,
  type UseNotice,
  type UseReading,
} from "../core/mod.ts";
import { machineSize } from "./machine.ts";
import type { Reading, Source } from "./source.ts";
import { openUseJournal, type UseWriter } from "./use_journal.ts";

export interface ObserverOptions {
  readonly run_dir: string;
  readonly segment: string;
  readonly sources: readonly Source[];
  readonly interval_s: number;
  /** Called for what a user should know: why something is not sampled. */
  readonly onNotice: (text: string) => void;
  /** @default the system's */
  readonly clock?: Clock;
}

/** When quick sources are read besides, after a level's begin: many levels are shorter than an interval. */
const early_ms = [500, 1_000, 2_000, 4_000];
/** Timers may come that much too early. */
const slack_ms = 5;
/** How long readings that are under way are waited for at the end. */
const patience_ms = 2_000;

/** Begins at once, ends with `stop`. Nothing here ever throws, and no load waits for it. */
export class Observer {
  readonly #options: ObserverOptions;
  readonly #clock: Clock;
  readonly #writer: UseWriter;
  /** The origin, on both clocks. */
  readonly #zero_ms: number;
  readonly #began: Date;
  /** Readings under way. */
  readonly #busy = new Map<Source, Promise<void>>();
  readonly #last = new Map<Source, number>();
  readonly #told = new Set<Source>();
  /** Aborted when readings under way are given up. */
  readonly #given = new AbortController();
  #wake = new AbortController();
  #edge = false;
  #ending = false;
  #loop: Promise<void> = Promise.resolve();

  private constructor(
    options: ObserverOptions,
    clock: Clock,
    began: Date,
    zero_ms: number,
    writer: UseWriter,
  ) {
    this.#options = options;
    this.#clock = clock;
    this.#began = began;
    this.#zero_ms = zero_ms;
    this.#writer = writer;
  }

  /** Opens the journal and begins; null: it can't be written, which was told. */
  static async begin(options: ObserverOptions): Promise<Observer | null> {
    const { clock = systemClock, segment, interval_s, run_dir, onNotice } = options;
    const [began, zero_ms] = [clock.date(), clock.now()];
    const header: UseHeader = {
      schema: "fmbench.utilisation/1",
      segment,
      origin_mono_ns: String(machineNanoseconds()),
      origin_at: began.toISOString(),
      interval_s,
      ...machineSize(),
    };
    try {
      const observer = new Observer(options, clock, began, zero_ms, await openUseJournal(run_dir, header));
      observer.#start();
      return observer;
    } catch (error) {
      onNotice(`Utilisation is not sampled: ${redact(messageOf(error))}`);
      return null;
    }
  }

  /** A level has begun or ended: quick sources are read as soon as what is being done is done. */
  edge(): void {
    this.#edge = true;
    this.#wake.abort();
  }

  /** Resolves when all that was begun has ended and everything is on the disk. */
  async stop(): Promise<void> {
    this.#ending = true;
    this.#wake.abort();
    await this.#loop;
    const timer = setTimeout(() => this.#given.abort(), patience_ms);
    await Promise.all(this.#busy.values());
    clearTimeout(timer);
    const { sources, onNotice } = this.#options;
    await Promise.all(sources.map((source) => source.end?.()));
    await Promise.all(sources.map((source) => this.#askAfterwards(source)));
    const failure = await this.#writer.close();
    if (failure !== null) onNotice(`Not all of the utilisation was written: ${redact(messageOf(failure))}`);
  }

  #start(): void {
    for (const source of this.#options.sources) {
      source.begin?.({
        readings: (readings) => this.#keep(source, readings),
        ended: (reason) => this.#tell(source, reason),
      });
    }
    this.#loop = this.#run();
  }

  async #run(): Promise<void> {
    const interval_ms = this.#options.interval_s * 1000;
    let from_ms = this.#clock.now();
    while (!this.#ending) {
      const edge = this.#edge;
      this.#edge = false;
      const now_ms = this.#clock.now();
      if (edge) from_ms = now_ms;
      for (const source of this.#options.sources) {
        const rested = now_ms - (this.#last.get(source) ?? -Infinity) >= interval_ms - slack_ms;
        if (source.quick || (rested && !edge)) this.#read(source, now_ms);
      }
      this.#wake = new AbortController();
      const next_ms = from_ms + nextOffset(now_ms - from_ms + slack_ms, interval_ms);
      await this.#clock.sleepUntil(next_ms, this.#wake.signal).catch(() => {});
    }
  }

  /** What is still being read is not read again. */
  #read(source: Source, now_ms: number): void {
    if (source.read === undefined || this.#busy.has(source)) return;
    this.#last.set(source, now_ms);
    const reading = async () => {
      try {
        this.#keep(source, await source.read!(this.#given.signal));
      } catch (error) {
        if (!this.#given.signal.aborted) this.#tell(source, redact(messageOf(error)));
      }
      this.#busy.delete(source);
    };
    // Set before it can have ended.
    const done = Promise.withResolvers<void>();
    this.#busy.set(source, done.promise);
    void reading().then(done.resolve);
  }

  async #askAfterwards(source: Source): Promise<void> {
    try {
      const readings = await source.afterwards?.(this.#began, this.#clock.date());
      if (readings !== undefined) this.#keep(source, readings);
    } catch (error) {
      this.#tell(source, redact(messageOf(error)));
    }
  }

  #keep(of: Source, readings: readonly Reading[]): void {
    const now_ms = this.#clock.now() - this.#zero_ms;
    this.#writer.append(readings.map(({ at_ms, source = of.source, ...reading }): UseReading => {
      const { metric, value, copy = null, experiment_name = of.experiment_name, ...rest } = reading;
      const unit = useMetric.get(useName({ source, metric }))?.unit ?? "";
      const when = this.#moment(at_ms === undefined ? now_ms : at_ms - this.#began.getTime());
      return { ...when, source, experiment_name, copy, metric, unit, value, ...rest };
    }));
  }

  #tell(of: Source, reason: string): void {
    if (this.#told.has(of)) return;
    this.#told.add(of);
    const { source, experiment_name } = of;
    const notice = `${of.what}: ${reason}`;
    const when = this.#moment(this.#clock.now() - this.#zero_ms);
    const line: UseNotice = { ...when, source, experiment_name, notice };
    this.#writer.append([line]);
    this.#options.onNotice(`Utilisation of ${notice}`);
  }

  #moment(mono_ms: number) {
    const at = new Date(this.#began.getTime() + mono_ms).toISOString();
    return { at, mono_ms: Math.round(mono_ms * 1000) / 1000 };
  }
}

/** From the last edge to the next reading: the early ones, then whole intervals. */
function nextOffset(elapsed_ms: number, interval_ms: number): number {
  const early = early_ms.find((at) => at > elapsed_ms && at < interval_ms);
  return early ?? (Math.floor(elapsed_ms / interval_ms) + 1) * interval_ms;
}
