/** What machines and servers did while load was sent: readings as the run directory keeps them, and figures of a level. */

/** Who said it. */
export type UseSource =
  | "machine"
  | "process"
  | "client"
  | "container"
  | "gpu"
  | "neuron"
  | "server"
  | "cloudwatch";

/** First line of `utilisation/<segment>.jsonl`. */
export interface UseHeader {
  readonly schema: "fmbench.utilisation/1";
  readonly segment: string;
  /** The zero of `mono_ms` in the machine's monotonic nanoseconds, as journals of requests have theirs. */
  readonly origin_mono_ns: string;
  /** The same moment on the wall clock, UTC, ISO 8601. */
  readonly origin_at: string;
  readonly interval_s: number;
  /** Of this machine; null: not known. */
  readonly cores: number | null;
  readonly memory_bytes: number | null;
}

/** One reading of one metric. */
export interface UseReading {
  /** UTC, ISO 8601. */
  readonly at: string;
  /** The same moment in milliseconds from the segment's origin. */
  readonly mono_ms: number;
  readonly source: UseSource;
  /** null: of the machine as a whole, whose endpoint it ever was. */
  readonly experiment_name: string | null;
  /** Which of an endpoint's copies, from 0; of a GPU or a Neuron core its index; null: there is one. */
  readonly copy: number | null;
  /** A name of `useMetrics` without its source. */
  readonly metric: string;
  readonly unit: string;
  readonly value: number;
  /** The value is a mean over that long before `at`; absent: it is of that moment, or counts up. */
  readonly over_ms?: number;
  /** The highest that the source itself saw in that time. */
  readonly max?: number;
  /** Of a histogram, whose `value` is how many were counted: the sum of what was counted. */
  readonly sum?: number;
  /** Of a histogram: how many were at most so much; null stands for no limit. */
  readonly buckets?: readonly UseBucket[];
}

/** Upper limit, and how many lie within it since the server started. */
export type UseBucket = readonly [limit: number | null, count: number];

/** Why a source says nothing, or stopped; once for each of them. */
export interface UseNotice {
  readonly at: string;
  readonly mono_ms: number;
  readonly source: UseSource;
  readonly experiment_name: string | null;
  readonly notice: string;
}

/** What one uninterrupted start of the load left. */
export interface UseJournal {
  readonly header: UseHeader;
  readonly readings: readonly UseReading[];
  readonly notices: readonly UseNotice[];
  /** Milliseconds to be added to `mono_ms` so that it counts from the origin of the segment's requests; null: not known. */
  readonly to_requests_ms: number | null;
}

/** A figure of a level. */
export interface UseFigure {
  readonly mean: number;
  /** The highest reading, or the highest rate between two readings, of one copy; null: the source does not tell. */
  readonly max: number | null;
  /** Readings that it rests on; of something that counts up, times between two of them; of a histogram, what was counted. */
  readonly n: number;
  /** Of a histogram: nineteen in twenty were at most this. */
  readonly p95_at_most?: number | null;
}

/** What was seen of one experiment, payload file and load. */
export interface MachineUse {
  readonly experiment_name: string;
  readonly payload_file: string;
  readonly concurrency: number | null;
  readonly request_rate_rps: number | null;
  /** How long the load lasted, warm-up included. */
  readonly duration_s: number;
  /** By `source.metric`, in its unit; of what counts up, its growth a second. What was not sampled has none. */
  readonly figures: Readonly<Record<string, UseFigure>>;
  /** Of the client: p95 of the response time, in milliseconds. */
  readonly p95_ms: number | null;
  readonly transactions_per_minute: number | null;
}

/** A line over the time of the run. */
export interface UseTrack {
  /** `source.metric`, as in the figures of a level. */
  readonly figure: string;
  /** In seconds of the run's timeline; null: nothing is known from there on. */
  readonly points: readonly { readonly at_s: number; readonly value: number | null }[];
}

/** All that is shown of a run's utilisation. */
export interface RunUse {
  readonly levels: readonly MachineUse[];
  readonly tracks: readonly UseTrack[];
  /** Why something is missing. */
  readonly notices: readonly string[];
  /** Seconds between two readings; null: nothing was sampled. */
  readonly interval_s: number | null;
  /** Of this machine; null: not known. */
  readonly cores: number | null;
  readonly memory_bytes: number | null;
}
