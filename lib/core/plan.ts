/** What is going to be sent: all of it is decided before the first byte. The forms of `plan.jsonl` and of a worker's shard. */

import type { Endpoint } from "./endpoint.ts";
import type { Phase } from "./columns.ts";

/** One combination of experiment, payload file and load; requests of one level share everything but the prompt. */
export interface Level {
  /** Position in the order of sending, from 0. */
  readonly level: number;
  readonly endpoint: Endpoint;
  readonly payload_file: string;
  /** Requests held in flight (closed loop). */
  readonly concurrency: number;
  readonly arrival: "closed";
  /** Request parameters as configured (`inference_parameters[parameter_set]`): only these are sent. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly stream: boolean;
  /** Limit for the whole request. */
  readonly timeout_ms: number;
  /** Limit for the pause between two reads. */
  readonly stall_ms: number;
  /** Stop the level when more than this fraction of at least 20 finished requests failed; null = never. */
  readonly stop_error_rate: number | null;
}

/** First line of `plan.jsonl` and of a shard. */
export interface PlanHeader {
  readonly schema: "fmbench.plan/1";
  readonly seed: number;
  readonly config_hash: string;
  readonly version: string;
  readonly levels: readonly Level[];
}

/** Every further line: one request. */
export interface PlannedRequest {
  readonly request_id: string;
  readonly level: number;
  /** Position within the level, from 0; warm-up requests come first. */
  readonly index: number;
  readonly phase: Phase;
  /** Due time from the level's start; null in closed loop: due when a slot is free. */
  readonly due_ms: number | null;
  readonly payload_id: string;
  /** 1 = first time in this level that this prompt is sent. */
  readonly prompt_use: number;
  /** Which of the level's slots it belongs to when the plan is shared out among workers. */
  readonly slot: number;
  /** Attempts made in earlier segments; absent: none. */
  readonly attempts_before?: number;
}

/** A plan in memory. */
export interface Plan {
  readonly header: PlanHeader;
  readonly requests: readonly PlannedRequest[];
}
