/** The files of one remote worker at home: what it ships becomes its journal and its vital signs, as a process of this machine leaves them. */

import { join } from "node:path";
import type { Storage } from "../storage/mod.ts";
import type { ClockOffset } from "./clock_sync.ts";
import { addLags, type LagCounts } from "./lag_histogram.ts";
import type { JournalPart } from "./messages.ts";
import { writeIntoHeader } from "./padded_header.ts";
import { PartCollector, type PartCollectorOptions } from "./part_collector.ts";

/** How a worker's clock stood around one level. */
export interface LevelClock {
  readonly level: number;
  readonly before: ClockOffset | null;
  readonly after: ClockOffset | null;
}

/** A header without offsets has about 200 bytes, those of a level take about 170. */
const header_room = 512;
const level_room = 224;

export interface WorkerHomeOptions {
  readonly run_dir: string;
  readonly segment: string;
  readonly worker: string;
  readonly storage: Storage;
  /** Levels that it is going to send in. */
  readonly levels: number;
  /** Waits for its turn among other workers'. @default at once */
  readonly turn?: PartCollectorOptions["turn"];
}

/** Paths of a worker's files in the run directory. */
export function homeFiles(run_dir: string, segment: string, worker: string) {
  const name = `${segment}-${worker}.jsonl`;
  return { requests: join(run_dir, "requests", name), vitals: join(run_dir, "vitals", name) };
}

/** The least length of a journal's first line, when clock offsets of so many levels are to find room in it. */
export function headerRoom(levels: number): number {
  return header_room + level_room * levels;
}

export class WorkerHome {
  readonly #collectors: Readonly<Record<JournalPart["kind"], PartCollector>>;
  readonly journal: string;
  parts = 0;
  bytes = 0;
  lags: LagCounts = {};
  #header: Promise<unknown> = Promise.resolve();

  constructor({ run_dir, segment, worker, storage, levels, turn }: WorkerHomeOptions) {
    const common = { storage, ...turn === undefined ? {} : { turn } };
    const { requests, vitals } = homeFiles(run_dir, segment, worker);
    this.journal = requests;
    this.#collectors = {
      requests: new PartCollector({ ...common, file: requests, header_room: headerRoom(levels) }),
      vitals: new PartCollector({ ...common, file: vitals }),
    };
  }

  /** Resolves when the part is at home. Rejects when the storage has another one under its name, or none. */
  async take(part: JournalPart): Promise<void> {
    const taken = await this.#collectors[part.kind].take(part);
    if (!taken) return;
    this.parts++;
    this.bytes += part.bytes;
    this.lags = addLags([this.lags, part.lags]);
  }

  /** Writes into the journal's header how the clock went; before there is a journal, nothing. */
  async note(clock_offsets: readonly LevelClock[]): Promise<void> {
    await (this.#header = this.#header.catch(() => {}).then(() => this.#write(clock_offsets)));
  }

  /** Resolves when all that was announced is at home; from then on nothing is taken. */
  async close(): Promise<void> {
    await Promise.all(Object.values(this.#collectors).map((collector) => collector.close()));
    await this.#header;
  }

  async #write(clock_offsets: readonly LevelClock[]): Promise<void> {
    try {
      await writeIntoHeader(this.journal, { clock_offsets });
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}
