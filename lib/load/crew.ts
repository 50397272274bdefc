/** Who sends: the processes that a load is shared out to, on this machine or on others. */

import type { Plan } from "../core/mod.ts";
import type { Squad } from "./squads.ts";
import type { WorkerProcess } from "./worker_process.ts";

/** What one process is to do. */
export interface Post {
  /** `w3` */
  readonly name: string;
  readonly squad: Squad;
  readonly shard: Plan;
}

/** A load that is about to begin. */
export interface Start {
  readonly segment: string;
  /** Aborted: nobody is needed any more. */
  readonly signal: AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly notice: (text: string) => void;
}

export interface Crew {
  /** In the order of their posts. */
  readonly workers: readonly WorkerProcess[];
  /** Milliseconds from the order to begin a level to the zero of its due times: all have heard by then. @default 20 */
  readonly notice_ms?: number;
  /** Called when all are done with a level, or ready for the first, before the next one begins. null: there is no such level. */
  readonly between?: (ended: number | null, begins: number | null) => Promise<void>;
}

/** Gets a process for every post, ready to be told to begin. Rejects when it can't, leaving none. */
export type Hire = (posts: readonly Post[], start: Start) => Promise<Crew>;
