/** Rungs and certificates for tests: a good one, a test changes what it is about. */

import type { Certificate, ErrorFigure, Rung } from "../../lib/core/mod.ts";
import { judge, limits } from "../../lib/certify/mod.ts";

export function error(p50_ms: number, p99_ms: number | null, max_ms = (p99_ms ?? p50_ms) * 2): ErrorFigure {
  return { p50_ms, p99_ms, max_ms, n: p99_ms === null ? 20 : 200 };
}

export function rung(streams: number, changes: Partial<Rung> = {}): Rung {
  return {
    streams,
    rate_rps: null,
    planned: 200,
    requests: 200,
    failed: 0,
    events_per_s: streams * 50,
    ttft_error: error(0.2, 2),
    itl_error: error(0.05, 1.5),
    schedule_error: null,
    cpu_us_per_event: 40,
    loop_lag_p99_ms: 2.1,
    truth_late: error(0.1, 0.4),
    ...changes,
  };
}

export function certificateOf(rungs: readonly Rung[], changes: Partial<Certificate> = {}): Certificate {
  return {
    schema: "fmbench.certify/1",
    certified_at: "2026-11-22T05:30:00.000Z",
    versions: { fmbench: "0.1.0" },
    machine: { cores: 2 },
    clock: "user",
    workers: 1,
    events_per_stream_s: 50,
    endpoint_realtime: true,
    took_s: 4.5,
    limits,
    planned_streams: 16,
    planned_rate_rps: null,
    fault: null,
    ...judge(rungs),
    ...changes,
  };
}

/** A rung of the open loop. */
export function openRung(rate_rps: number, changes: Partial<Rung> = {}): Rung {
  return { ...rung(0), streams: null, rate_rps, schedule_error: error(0.1, 0.8), ...changes };
}
