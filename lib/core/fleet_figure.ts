/** What is to be said of the machines that sent a load: one worker in one segment. */

export interface FleetFigure {
  readonly segment: string;
  readonly worker: string;
  readonly host: string | null;
  readonly cores: number | null;
  /** Streams and arrivals a second that its machine is certified for; null: nobody knows. */
  readonly trusted_streams: number | null;
  readonly trusted_rate_rps: number | null;
  /** Send lags of its requests; n is 0 where nothing was due. */
  readonly lag: {
    readonly n: number;
    readonly p50_ms: number | null;
    readonly p99_ms: number | null;
    readonly max_ms: number | null;
  };
  /** Its clock minus the controller's, when it was first measured. */
  readonly offset_ms: number | null;
  /** The most that its stamps of a level may be off; null: not measured. */
  readonly skew_ms: number | null;
  /** Whether its clock was right in all levels. */
  readonly trusted: boolean;
  readonly bytes: number;
  /** null: it was not lost. */
  readonly lost: { readonly at: string; readonly reason: string; readonly unfinished: number } | null;
}

export interface FleetSummary {
  /** In the order of segments and workers. */
  readonly workers: readonly FleetFigure[];
  /** Of all of them together. */
  readonly lag: FleetFigure["lag"];
  /** A lag is within this part of the true one. */
  readonly lag_error: number;
}
