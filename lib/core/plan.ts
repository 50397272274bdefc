/** What is going to be sent: all of it is decided before the first byte. The forms of `plan.jsonl` and of a worker's shard. */

import type { Endpoint } from "./endpoint.ts";
import type { Phase } from "./columns.ts";
import type { StudyCall, StudySchedule } from "./study.ts";

/** How requests arrive: `closed` = whenever one in flight has ended, `study` = as a study's schedule says, else by a schedule. */
export type Arrival = "closed" | "constant" | "poisson" | "gamma" | "ramp" | "step" | "trace" | "study";

/** When a failed attempt is followed by another one. Every attempt is a row of its own. */
export interface RetryPolicy {
  /** Most attempts of one request, the first included; 1 = no retry. */
  readonly attempts: number;
  /** Wait before the second attempt; doubles with every further one. */
  readonly backoff_ms: number;
  /** Kinds of failure that are worth another attempt. */
  readonly on: readonly ("throttled" | "network")[];
}

/** Text that stands before every prompt of a level. Both numbers are needed: the words make the text, the tokens name it. */
export interface SharedPrefix {
  /** Length as counted when the plan was made. */
  readonly tokens: number;
  readonly words: number;
}

/** Why a level ended: everything was sent, or a stop rule was met first. */
export type LevelEnd = "requests" | "duration" | "ci_width" | "error_rate" | "precision";

/** One combination of experiment, payload file and load; requests of one level share everything but the prompt. */
export interface Level {
  /** Position in the order of sending, from 0. */
  readonly level: number;
  readonly endpoint: Endpoint;
  readonly payload_file: string;
  /** The file of `data/prompts` that has this experiment's own rendering of those prompts; absent: `payload_file`. */
  readonly prompts_file?: string;
  /** Requests held in flight; null in open loop. */
  readonly concurrency: number | null;
  /** Arrivals per second, the mean where the rate changes; null in closed loop. */
  readonly request_rate_rps: number | null;
  readonly arrival: Arrival;
  /** Open loop: what is due while so many are in flight waits for one to end; null = no cap. */
  readonly max_in_flight: number | null;
  /** Length of the measure phase; null = as long as its requests take. In open loop the due times already keep to it. */
  readonly duration_ms: number | null;
  /** For how long load goes on after the measure phase, so that its last requests see it too. */
  readonly drain_ms: number;
  /** Ends the level once the 95 % interval of its median latency is that narrow, relative to the median; null = never. */
  readonly ci_width: number | null;
  /** Request parameters as configured (`inference_parameters[parameter_set]`): only these are sent. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly stream: boolean;
  /** Limit for the whole request. */
  readonly timeout_ms: number;
  /** Limit for the pause between two reads. */
  readonly stall_ms: number;
  /** Stop the level when more than this fraction of at least 20 finished requests failed; null = never. */
  readonly stop_error_rate: number | null;
  readonly retry: RetryPolicy;
  /** Whether every prompt begins with a salt of its own, so that no cache can help. */
  readonly cache_busting: boolean;
  readonly shared_prefix: SharedPrefix | null;
  /** Whether this machine's client is certified for so many requests in flight; null or absent: nobody knows. */
  readonly trusted?: boolean | null;
}

/** First line of `plan.jsonl` and of a shard. */
export interface PlanHeader {
  readonly schema: "fmbench.plan/1";
  readonly seed: number;
  readonly config_hash: string;
  readonly version: string;
  readonly levels: readonly Level[];
  /** A latency study: all levels are sent together, in the order of the requests; absent: one level after the other. */
  readonly study?: StudySchedule;
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
  /** Cap on the answer that a replayed trace or the prompt gives this request; absent: the level's own parameters. */
  readonly max_tokens?: number;
  /** Set in a latency study. */
  readonly call?: StudyCall;
}

/** A plan in memory. */
export interface Plan {
  readonly header: PlanHeader;
  readonly requests: readonly PlannedRequest[];
}
