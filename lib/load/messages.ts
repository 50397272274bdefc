/** What parent and worker say to each other: JSON, one message a line. */

import type { AwsCredentials, LevelEnd, StudyGap } from "../core/mod.ts";
import type { ClockChoice } from "../transport/mod.ts";

/** To the worker, on its standard input; the end of the input means that the parent is gone: stop. */
export type ToWorker =
  | InitMessage
  /**
   * Begin this level; sent when every worker is done with the one before. Open loop: due times count from `at_ms`, in
   * milliseconds from the origin. `begin_ms`: it is told before that moment, at which workers on several machines begin together.
   */
  | { readonly start: number; readonly at_ms: number; readonly begin_ms?: number }
  /** Send nothing more of this level: another worker gave it up, or enough is known. */
  | { readonly skip: number }
  /** Keys to AWS for requests that are signed from now on; before `init`, and again before they end. */
  | { readonly credentials: AwsCredentials }
  /** The study has what it needs: nothing more is begun. */
  | { readonly enough: true }
  | { readonly stop: true }
  /** Nothing is sent after that, in milliseconds from the origin, unless a later moment is told: by then it is believed dead. */
  | { readonly until_ms: number };

export interface InitMessage {
  readonly init: true;
  readonly shard_path: string;
  readonly journal_path: string;
  /** Where its vital signs go. */
  readonly vitals_path: string;
  /** Who stamps arrivals. */
  readonly clock: ClockChoice;
  /** Folder of the payload files. */
  readonly payload_dir: string;
  /** The zero of all stamps: `machineNanoseconds()` as decimal digits. */
  readonly origin_mono_ns: string;
  /** The same moment on the wall clock, ISO 8601. */
  readonly origin_at: string;
  readonly segment: string;
  readonly worker: string;
  /** Whether to wait for `start` before each level. Without it a shard is worked off by itself, on any machine. */
  readonly gated: boolean;
}

/** Totals of one worker in one level so far. */
export interface ProgressMessage {
  readonly progress: number;
  readonly done: number;
  readonly errors: number;
  readonly cancelled: number;
  /** Sum of the service times of what is done. */
  readonly service_ms: number;
  /** E2E latencies of the measured successes since the last message; only where a level ends by their spread. */
  readonly e2e_ms?: readonly number[];
}

/** How a study stands. */
export interface StudyNews {
  /** The last values, in words; null: there are none yet. */
  readonly last: string | null;
  /** Seconds left if nothing holds it up; null: not known yet. */
  readonly left_s: number | null;
}

/** From the worker, on its standard output. */
export type FromWorker =
  /** The shard is read; the first level may begin. `clock_fault`: why the clock is not the one that was asked for. */
  | { readonly ready: true; readonly clock_fault: string | null }
  | ProgressMessage
  | { readonly level_done: number; readonly ended_by: LevelEnd }
  | { readonly study: StudyNews & { readonly levels: readonly ProgressMessage[] } }
  | { readonly gap: StudyGap }
  /** What a user should know although the load goes on. */
  | { readonly notice: string }
  /** New keys to AWS are needed now. */
  | { readonly renew: true }
  | { readonly finished: true }
  /** From a worker with a user's module in it, every now and then: it still gives way. */
  | { readonly alive: true }
  | { readonly failed: string };
