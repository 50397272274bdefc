/** From journal and endpoint's log to the figures of one rung. */

import type { ErrorFigure, PlannedRequest, RequestRecord, Rung } from "../core/mod.ts";
import { estimatePercentile, quantile, sorted } from "../metrics/mod.ts";
import type { Truth } from "../simulate/mod.ts";

/** Everything there is about one rung. */
export interface RungEvidence {
  /** Requests in flight; null in open loop. */
  readonly streams: number | null;
  /** Arrivals a second; null in closed loop. */
  readonly rate_rps: number | null;
  readonly planned: readonly PlannedRequest[];
  /** Attempts of these requests, in any order. */
  readonly records: readonly RequestRecord[];
  /** The endpoint's log, with the times of every token, by `request_id`. */
  readonly truths: ReadonlyMap<string, Truth>;
  /** CPU time of the load workers, in milliseconds, between two moments of the journal's clock; null: not available. */
  readonly cpuBetween: (from_ms: number, to_ms: number) => number | null;
  /** Lateness of timers between two moments of the journal's clock, in milliseconds. */
  readonly lagsBetween: (from_ms: number, to_ms: number) => readonly number[];
}

/** Measures one rung. What is missing becomes null; judging is another matter. */
export function measureRung(evidence: RungEvidence): Rung {
  const { streams, rate_rps, planned, records, truths } = evidence;
  const measured = records.filter(({ phase }) => phase === "measure");
  const ok = measured.filter(({ status }) => status === "ok");
  const pairs = ok.flatMap((record) => {
    const truth = truths.get(record.server_request_id ?? "");
    return truth === undefined ? [] : [{ record, truth }];
  });
  const window = windowOf(records);
  const events = records.reduce((sum, { chunks }) => sum + (chunks ?? 0), 0);
  const cpu_ms = window === null ? null : evidence.cpuBetween(window.from, window.to);
  return {
    streams,
    rate_rps,
    planned: planned.filter(({ phase }) => phase === "measure").length,
    requests: ok.length,
    failed: measured.filter(({ status }) => status === "error").length,
    events_per_s: window === null ? null : rounded(events / (window.to - window.from) * 1000),
    ttft_error: errorFigure(
      pairs.flatMap(({ record, truth }) =>
        record.ttft_ms === null || truth.ttft_ms === null ? [] : [record.ttft_ms - truth.ttft_ms]
      ),
    ),
    itl_error: errorFigure(pairs.flatMap(({ record, truth }) => gapErrors(record, truth))),
    schedule_error: errorFigure(
      measured.flatMap(({ send_lag_ms }) => send_lag_ms === null ? [] : [Math.abs(send_lag_ms)]),
    ),
    cpu_us_per_event: cpu_ms === null || events === 0 ? null : rounded(cpu_ms * 1000 / events),
    loop_lag_p99_ms: window === null ? null : p99(evidence.lagsBetween(window.from, window.to)),
    truth_late: errorFigure(
      pairs.flatMap(({ truth }) => (truth.late_us ?? []).map((late_us) => late_us / 1000)),
    ),
  };
}

/** Distance of each gap from the one sent, in milliseconds; none when not every token is in both accounts. */
function gapErrors({ itl_us }: RequestRecord, { sent_us }: Truth): number[] {
  if (itl_us === null || sent_us === null || itl_us.length !== sent_us.length - 1) return [];
  return itl_us.map((gap_us, i) => Math.abs(gap_us - (sent_us[i + 1]! - sent_us[i]!)) / 1000);
}

/** Null without samples. */
export function errorFigure(errors_ms: readonly number[]): ErrorFigure | null {
  if (errors_ms.length === 0) return null;
  const samples = sorted(errors_ms);
  return {
    p50_ms: rounded(quantile(samples, 500)!),
    p99_ms: p99(errors_ms),
    max_ms: rounded(samples.at(-1)!),
    n: samples.length,
  };
}

/** Hidden below 100 samples, as everywhere. */
function p99(values: readonly number[]): number | null {
  const { value } = estimatePercentile(sorted(values), 990);
  return value === null ? null : rounded(value);
}

/** From the first send to the last end, warm-up included. */
function windowOf(records: readonly RequestRecord[]): { from: number; to: number } | null {
  let from = Infinity;
  let to = -Infinity;
  for (const { sent_ms, ended_ms } of records) {
    if (sent_ms === null) continue;
    from = Math.min(from, sent_ms);
    to = Math.max(to, ended_ms ?? sent_ms);
  }
  return to > from ? { from, to } : null;
}

/** To the microsecond: the clock knows no more. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
