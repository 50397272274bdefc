/** How far this machine's client can be believed: the form of `certify.json`. */

/** How far a figure of the client's is from the endpoint's own log, in milliseconds. */
export interface ErrorFigure {
  readonly p50_ms: number;
  /** null: fewer than 100 samples; `max_ms` stands in for it. */
  readonly p99_ms: number | null;
  readonly max_ms: number;
  /** Samples behind it. */
  readonly n: number;
}

/** What was measured at one load: with so many streams at once, or so many arrivals a second. */
export interface Rung {
  /** Requests held in flight; null in open loop. */
  readonly streams: number | null;
  /** Arrivals a second; null in closed loop. */
  readonly rate_rps: number | null;
  /** Measured requests that were planned; warm-up not included. */
  readonly planned: number;
  /** Those of them that ended well: what the figures rest on. */
  readonly requests: number;
  readonly failed: number;
  /** Content chunks a second over all streams, as they arrived. */
  readonly events_per_s: number | null;
  /** TTFT of the journal minus TTFT of the endpoint's log. */
  readonly ttft_error: ErrorFigure | null;
  /** Distance of each gap in the journal from the same gap in the endpoint's log. */
  readonly itl_error: ErrorFigure | null;
  /** Distance of the sends from their due time; null in closed loop, where nothing is due. */
  readonly schedule_error: ErrorFigure | null;
  /** CPU time of the load workers for each content chunk, requests and records included; null where not available. */
  readonly cpu_us_per_event: number | null;
  /** How late timers were in the load workers; null: too few samples. */
  readonly loop_lag_p99_ms: number | null;
  /** How late the endpoint itself sent its tokens. */
  readonly truth_late: ErrorFigure | null;
}

/** `void`: the measurement says nothing about the client. */
export type RungVerdict = "trusted" | "untrusted" | "void";

export interface JudgedRung extends Rung {
  readonly verdict: RungVerdict;
  /** Why it is not trusted; empty when it is. */
  readonly reasons: readonly string[];
}

export interface Certificate {
  readonly schema: "fmbench.certify/1";
  /** UTC, ISO 8601. */
  readonly certified_at: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: Readonly<Record<string, string | number>>;
  /** Who stamped the arrivals; null when nothing was measured. */
  readonly clock: "user" | "kernel" | null;
  /** Load processes that shared the streams. */
  readonly workers: number;
  /** Content chunks a second of one stream, as the endpoint sends them. */
  readonly events_per_stream_s: number;
  /** Whether the endpoint ran at real-time priority; null when nothing was measured. */
  readonly endpoint_realtime: boolean | null;
  /** Seconds that all of it took. */
  readonly took_s: number;
  /** What the verdicts rest on. */
  readonly limits: {
    /** The greatest errors of a trusted rung, the same for TTFT, ITL and the schedule. */
    readonly p50_ms: number;
    readonly p99_ms: number;
    /** From here on a rung is void. */
    readonly truth_late_p99_ms: number;
    /** With fewer than that a rung is void. */
    readonly fewest_requests: number;
  };
  /** Highest concurrency of the plan; null: certified without a plan, or all of it is open loop. */
  readonly planned_streams: number | null;
  /** Highest arrival rate of the plan; null: certified without a plan, or all of it is closed loop. */
  readonly planned_rate_rps: number | null;
  /** Closed loop by streams, then open loop by rate, ascending. */
  readonly rungs: readonly JudgedRung[];
  /** Highest number of streams that is trusted; 0: not even the lowest that was tried; null: no rung says anything. */
  readonly trusted_streams: number | null;
  /** Whether no rung above was found wanting, so that the true limit lies higher. */
  readonly at_least: boolean;
  /** The same for arrivals a second. */
  readonly trusted_rate_rps: number | null;
  readonly rate_at_least: boolean;
  /** What kept it from being measured at all; null in the normal case. */
  readonly fault: string | null;
}

/** What sending the requests of a run took of its client. */
export interface ClientLoad {
  /** CPU of the busiest load process in its busiest second, as a fraction of one core. */
  readonly busiest_cpu: number;
  /** CPU of a load process on average, over the whole time. */
  readonly mean_cpu: number;
  /** How late timers were in the load processes; null: fewer than 100 samples. */
  readonly lag_p99_ms: number | null;
  readonly lag_max_ms: number | null;
}
