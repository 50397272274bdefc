/** Where readings come from: something that is asked now and then, or that speaks by itself. */

import type { UseReading, UseSource } from "../core/mod.ts";

/** A reading as its source gives it; the observer adds when. */
export interface Reading
  extends Pick<UseReading, "metric" | "value" | "over_ms" | "max" | "sum" | "buckets"> {
  /** @default null */
  readonly copy?: number | null;
  /** Where it is another one than its source's. */
  readonly source?: UseSource;
  /** Where it is another one's than its source's. */
  readonly experiment_name?: string | null;
  /** Wall clock, in milliseconds since 1970, where the source has a clock of its own. */
  readonly at_ms?: number;
}

/** What a source that speaks by itself is given. */
export interface Listener {
  readings(readings: readonly Reading[]): void;
  /** It says nothing more, and why. */
  ended(reason: string): void;
}

export interface Source {
  readonly source: UseSource;
  /** null: of the machine as a whole. */
  readonly experiment_name: string | null;
  /** What it reads, in a notice: `the counters at http://127.0.0.1:8000/metrics`. */
  readonly what: string;
  /** Whether it costs so little that it is also read when a level begins or ends, and more often at its beginning. */
  readonly quick?: boolean;
  /**
   * Reads now; called again only when it has resolved.
   *
   * @throws anything: a notice, once
   */
  read?(signal: AbortSignal): Promise<readonly Reading[]> | readonly Reading[];
  /** Begins to speak by itself. Never throws. */
  begin?(listener: Listener): void;
  /** Ends that, and all that it started. Never throws. */
  end?(): Promise<void>;
  /**
   * What can only be asked for afterwards, of the time between two moments of the wall clock.
   *
   * @throws anything: a notice, once
   */
  afterwards?(from: Date, to: Date): Promise<readonly Reading[]>;
}
