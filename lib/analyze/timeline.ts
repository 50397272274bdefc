/** What happened when: a run cut into slices of time. */

import { pl } from "nodejs-polars";
import type { LazyDataFrame } from "nodejs-polars";
import { byCell } from "./attempts.ts";
import { lazily, type Requests } from "./frame.ts";

/** One slice. */
export interface TimeSlice {
  /** Seconds from the start of the timeline. */
  readonly from_s: number;
  readonly to_s: number;
  /** Mean of the requests in flight. */
  readonly in_flight: number;
  /** Successes that ended in it, per second. */
  readonly ok_per_s: number;
  /** Failed attempts that ended in it. */
  readonly errors: number;
  /** Response times of the successes that ended in it; null: none did. */
  readonly p50_ms: number | null;
  readonly p95_ms: number | null;
}

/** When a level was loaded, from its first send to its last end, warm-up included. */
export interface TimeLevel {
  readonly experiment_name: string;
  readonly payload_file: string;
  /** null in open loop. */
  readonly concurrency: number | null;
  /** null in closed loop. */
  readonly request_rate_rps: number | null;
  readonly from_s: number;
  readonly to_s: number;
}

/** Every phase and every attempt of a run; where it was taken up again, the time between is cut out. */
export interface RunTimeline {
  readonly duration_s: number;
  readonly slices: readonly TimeSlice[];
  readonly levels: readonly TimeLevel[];
  /** Where the run was taken up again, in seconds of the timeline. */
  readonly breaks_s: readonly number[];
  /** The segments in their order, each with what its own clock lacks to the time of the timeline. */
  readonly segments: readonly { readonly segment: string; readonly shift_s: number }[];
}

const cell = ["experiment_name", "payload_file", "concurrency", "request_rate_rps"] as const;
/** Lengths of a slice that people count in, in seconds. */
const sliceLengths = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600];

/**
 * The timeline of a table of attempts (as `openRequests` gives it), in at most `most` slices; null when nothing was sent. All that
 * grows with the requests is done in Polars or on arrays of numbers.
 */
export function timeline(requests: Requests, most = 200): RunTimeline | null {
  const all = lazily(requests).filter(pl.col("sent_ms").isNotNull().and(pl.col("ended_ms").isNotNull()));
  const segments = segmentsOf(all);
  if (segments.length === 0) return null;
  const shifts = segments.reduce(
    (shift, { segment, shift_ms }) =>
      pl.when(pl.col("segment").eq(pl.lit(segment))).then(pl.lit(shift_ms)).otherwise(shift),
    pl.lit(0),
  );
  const placed = all.select(
    ...cell.map((name) => pl.col(name)),
    pl.col("segment"),
    pl.col("sent_ms").add(shifts).div(pl.lit(1000)).alias("from_s"),
    pl.col("ended_ms").add(shifts).div(pl.lit(1000)).alias("to_s"),
    pl.col("response_ms"),
    pl.col("status"),
  );
  const duration_s = segments.at(-1)!.end_ms / 1000;
  const length_s = sliceLength(duration_s, most);
  return {
    duration_s,
    slices: slicesOf(placed, duration_s, length_s),
    levels: levelsOf(placed),
    breaks_s: segments.slice(1).map(({ start_ms }) => start_ms / 1000),
    segments: segments.map(({ segment, shift_ms }) => ({ segment, shift_s: shift_ms / 1000 })),
  };
}

/** The segments one after the other, without what lies between them: each has a clock of its own. */
function segmentsOf(all: LazyDataFrame) {
  const found = all.groupBy("segment").agg(
    pl.col("sent_at").min().alias("began"),
    pl.col("sent_ms").min().alias("first_ms"),
    pl.col("ended_ms").max().alias("last_ms"),
  ).collectSync().sort(["began", "segment"]).toRecords() as {
    segment: string;
    first_ms: number;
    last_ms: number;
  }[];
  let start_ms = 0;
  return found.map(({ segment, first_ms, last_ms }) => {
    const placed = {
      segment,
      start_ms,
      shift_ms: start_ms - first_ms,
      end_ms: start_ms + last_ms - first_ms,
    };
    start_ms = placed.end_ms;
    return placed;
  });
}

function sliceLength(duration_s: number, most: number): number {
  const least = duration_s / most;
  return sliceLengths.find((length) => length >= least) ?? Math.ceil(least / 3600) * 3600;
}

function slicesOf(placed: LazyDataFrame, duration_s: number, length_s: number): TimeSlice[] {
  // What is left over belongs to the last slice: a rate over a sliver would be a spike.
  const count = Math.max(1, Math.floor(duration_s / length_s + 1e-9));
  const flying = flightTime(placed);
  const at = pl.col("to_s").div(pl.lit(length_s)).floor().clip(0, count - 1).alias("slice");
  const ended = (status: string) =>
    placed.filter(pl.col("status").eq(pl.lit(status))).select(at, pl.col("status"), pl.col("response_ms"))
      .groupBy("slice");
  const ok = new Map(
    ended("ok").agg(
      pl.col("status").count().alias("ok"),
      pl.col("response_ms").quantile(0.5, "linear").alias("p50_ms"),
      pl.col("response_ms").quantile(0.95, "linear").alias("p95_ms"),
    ).collectSync().toRecords().map((row) => [row["slice"] as number, row]),
  );
  const errors = new Map(
    ended("error").agg(pl.col("status").count().alias("errors")).collectSync().toRecords()
      .map((row) => [row["slice"] as number, row["errors"] as number]),
  );
  return Array.from({ length: count }, (_, i) => {
    const from_s = i * length_s;
    const to_s = i === count - 1 ? duration_s : from_s + length_s;
    const span_s = to_s - from_s || length_s;
    const good = ok.get(i);
    return {
      from_s,
      to_s,
      in_flight: (flying(to_s) - flying(from_s)) / span_s,
      ok_per_s: ((good?.["ok"] as number | undefined) ?? 0) / span_s,
      errors: errors.get(i) ?? 0,
      p50_ms: (good?.["p50_ms"] as number | undefined) ?? null,
      p95_ms: (good?.["p95_ms"] as number | undefined) ?? null,
    };
  });
}

/** Seconds that all requests together have been in flight up to a time. */
function flightTime(placed: LazyDataFrame): (until_s: number) => number {
  const [starts, ends] = ["from_s", "to_s"].map((name) => {
    const column = placed.select(pl.col(name)).collectSync().getColumn(name);
    const times = Float64Array.from(column.toTypedArray() as Float64Array).sort();
    const sums = new Float64Array(times.length + 1);
    for (let i = 0; i < times.length; i++) sums[i + 1] = sums[i]! + times[i]!;
    return { times, sums };
  });
  const since = ({ times, sums }: { times: Float64Array; sums: Float64Array }, until: number) => {
    let [low, high] = [0, times.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (times[middle]! < until) low = middle + 1;
      else high = middle;
    }
    return low * until - sums[low]!;
  };
  return (until_s) => since(starts!, until_s) - since(ends!, until_s);
}

function levelsOf(placed: LazyDataFrame): TimeLevel[] {
  const rows = placed.groupBy(["segment", ...cell]).agg(
    pl.col("from_s").min().alias("start_s"),
    pl.col("to_s").max().alias("end_s"),
  ).collectSync().toRecords() as (Omit<TimeLevel, "from_s" | "to_s"> & { start_s: number; end_s: number })[];
  return rows.map((
    { experiment_name, payload_file, concurrency, request_rate_rps, start_s, end_s },
  ): TimeLevel => ({
    experiment_name,
    payload_file,
    concurrency,
    request_rate_rps,
    from_s: start_s,
    to_s: end_s,
  })).sort((a, b) => a.from_s - b.from_s || byCell(a, b));
}
