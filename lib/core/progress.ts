/** What a running step says of itself: one line of `progress.jsonl`, shown in the terminal and in the notebook. */

export interface ProgressEvent {
  /** UTC, ISO 8601. */
  readonly at: string;
  /** `3_run_inference`. */
  readonly step: string;
  /** What is being worked on, e.g. `sim-small · payload_en_0-500.jsonl · concurrency 4`. */
  readonly label: string;
  readonly done: number;
  readonly total: number;
  readonly errors: number;
  /** Finished per second, over the last seconds; null until known. */
  readonly rate_per_s: number | null;
  /** Seconds left; null until known. */
  readonly eta_s: number | null;
  /** The last values of a study, in words: `haiku optimized: TTFT 0.31 s, 84 tokens/s`; absent: there are none to show. */
  readonly last?: string;
}
