/** What happened when: a run cut into slices of time. */

import { pl } from "nodejs-polars";
import type { LazyDataFrame } from "nodejs-polars";
import { quantile, type SortedNumbers } from "../metrics/mod.ts";
import { byCell, cellColumns, cellKey } from "./cell_names.ts";
import type { Requests } from "./frame.ts";
import { eachPiece, heightOf } from "./table_pieces.ts";

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

/** Lengths of a slice that people count in, in seconds. */
const sliceLengths = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600];

/**
 * The timeline of a table of attempts (as `openRequests` gives it), in at most `most` slices; null when nothing was sent. The table is
 * gone through twice, in pieces; what grows with it are the response times, as one array of numbers.
 */
export async function timeline(requests: Requests, most = 200): Promise<RunTimeline | null> {
  const stretches = await stretchesOf(requests);
  const segments = segmentsOf(stretches);
  if (segments.length === 0) return null;
  const shifts = new Map(segments.map(({ segment, shift_ms }) => [segment, shift_ms]));
  const duration_s = segments.at(-1)!.end_ms / 1000;
  const length_s = sliceLength(duration_s, most);
  return {
    duration_s,
    slices: await slicesOf(requests, shifts, { duration_s, length_s }),
    levels: stretches.map((stretch) => levelOf(stretch, shifts.get(stretch.segment)!))
      .sort((a, b) => a.from_s - b.from_s || byCell(a, b)),
    breaks_s: segments.slice(1).map(({ start_ms }) => start_ms / 1000),
    segments: segments.map(({ segment, shift_ms }) => ({ segment, shift_s: shift_ms / 1000 })),
  };
}

/** When a segment loaded a level, on the segment's own clock. */
interface LoadedStretch extends Omit<TimeLevel, "from_s" | "to_s"> {
  readonly segment: string;
  began: string;
  first_ms: number;
  last_ms: number;
}

const whenSent = pl.col("sent_ms").isNotNull().and(pl.col("ended_ms").isNotNull());

async function stretchesOf(requests: Requests): Promise<LoadedStretch[]> {
  const found = new Map<string, LoadedStretch>();
  const grouped = eachPiece(
    requests,
    (piece) =>
      piece.filter(whenSent).groupBy(["segment", ...cellColumns]).agg(
        pl.col("sent_at").min().alias("began"),
        pl.col("sent_ms").min().alias("first_ms"),
        pl.col("ended_ms").max().alias("last_ms"),
      ),
  );
  for await (const piece of grouped) {
    for (const row of piece.toRecords() as unknown as LoadedStretch[]) {
      const key = `${cellKey(row)} ${row.segment}`;
      const known = found.get(key);
      if (known === undefined) {
        found.set(key, row);
        continue;
      }
      if (row.began < known.began) known.began = row.began;
      known.first_ms = Math.min(known.first_ms, row.first_ms);
      known.last_ms = Math.max(known.last_ms, row.last_ms);
    }
  }
  return [...found.values()];
}

/** The segments one after the other, without what lies between them: each has a clock of its own. */
function segmentsOf(stretches: readonly LoadedStretch[]) {
  const found = [...Map.groupBy(stretches, ({ segment }) => segment)].map(([segment, own]) => ({
    segment,
    began: own.map(({ began }) => began).reduce((a, b) => a < b ? a : b),
    first_ms: Math.min(...own.map(({ first_ms }) => first_ms)),
    last_ms: Math.max(...own.map(({ last_ms }) => last_ms)),
  })).sort((a, b) => a.began < b.began ? -1 : a.began > b.began ? 1 : a.segment < b.segment ? -1 : 1);
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

function levelOf({ first_ms, last_ms, ...stretch }: LoadedStretch, shift_ms: number): TimeLevel {
  const { experiment_name, payload_file, concurrency, request_rate_rps } = stretch;
  return {
    ...{ experiment_name, payload_file, concurrency, request_rate_rps },
    from_s: (first_ms + shift_ms) / 1000,
    to_s: (last_ms + shift_ms) / 1000,
  };
}

function sliceLength(duration_s: number, most: number): number {
  const least = duration_s / most;
  return sliceLengths.find((length) => length >= least) ?? Math.ceil(least / 3600) * 3600;
}

interface Cut {
  readonly duration_s: number;
  readonly length_s: number;
}

async function slicesOf(
  requests: Requests,
  shifts: ReadonlyMap<string, number>,
  { duration_s, length_s }: Cut,
): Promise<TimeSlice[]> {
  // What is left over belongs to the last slice: a rate over a sliver would be a spike.
  const count = Math.max(1, Math.floor(duration_s / length_s + 1e-9));
  const sliceOf = (time_s: number) => Math.max(0, Math.min(count - 1, Math.floor(time_s / length_s)));
  const [starts, ends] = [new FlightTimes(count), new FlightTimes(count)];
  const [ok, errors] = [new Float64Array(count), new Float64Array(count)];
  const responses = new SlicedValues(heightOf(requests), count);
  for await (const piece of eachPiece(requests, (one) => placed(one, shifts))) {
    const column = (name: string) => piece.getColumn(name).toTypedArray() as Float64Array;
    const [from_s, to_s, response_ms] = [column("from_s"), column("to_s"), column("response_ms")];
    const [isOk, isError] = [column("ok"), column("error")];
    for (let i = 0; i < to_s.length; i++) {
      const slice = sliceOf(to_s[i]!);
      starts.add(sliceOf(from_s[i]!), from_s[i]!);
      ends.add(slice, to_s[i]!);
      errors[slice]! += isError[i]!;
      if (isOk[i] !== 1) continue;
      ok[slice]!++;
      if (!Number.isNaN(response_ms[i])) responses.add(slice, response_ms[i]!);
    }
  }
  const times = responses.sorted();
  return Array.from({ length: count }, (_, i) => {
    const from_s = i * length_s;
    const to_s = i === count - 1 ? duration_s : from_s + length_s;
    const span_s = to_s - from_s || length_s;
    const flown = (until: number, slices: number) => starts.until(until, slices) - ends.until(until, slices);
    return {
      from_s,
      to_s,
      in_flight: (flown(to_s, i + 1) - flown(from_s, i)) / span_s,
      ok_per_s: ok[i]! / span_s,
      errors: errors[i]!,
      p50_ms: quantile(times[i]!, 500),
      p95_ms: quantile(times[i]!, 950),
    };
  });
}

/** What slices are made of: times in seconds of the timeline, response times with NaN for null, outcomes as 0 and 1. */
function placed(piece: LazyDataFrame, shifts: ReadonlyMap<string, number>): LazyDataFrame {
  const shift = [...shifts].reduce(
    (others, [segment, shift_ms]) =>
      pl.when(pl.col("segment").eq(pl.lit(segment))).then(pl.lit(shift_ms)).otherwise(others),
    pl.lit(0),
  );
  const is = (status: string) => pl.col("status").eq(pl.lit(status)).fillNull(pl.lit(false)).cast(pl.Float64);
  return piece.filter(whenSent).select(
    pl.col("sent_ms").add(shift).div(pl.lit(1000)).alias("from_s"),
    pl.col("ended_ms").add(shift).div(pl.lit(1000)).alias("to_s"),
    pl.col("response_ms").fillNull(pl.lit(NaN)),
    is("ok").alias("ok"),
    is("error").alias("error"),
  );
}

/** Seconds that all requests together have been in flight since they began, or ended, up to a time. */
class FlightTimes {
  readonly #counts: Float64Array;
  readonly #sums: Float64Array;

  constructor(slices: number) {
    this.#counts = new Float64Array(slices);
    this.#sums = new Float64Array(slices);
  }

  add(slice: number, time_s: number): void {
    this.#counts[slice]!++;
    this.#sums[slice]! += time_s;
  }

  /** @param slices those that end by then */
  until(until_s: number, slices: number): number {
    let total = 0;
    for (let i = 0; i < slices; i++) total += this.#counts[i]! * until_s - this.#sums[i]!;
    return total;
  }
}

/** Values, each of one slice. */
class SlicedValues {
  readonly #values: Float64Array;
  readonly #slices: Uint16Array;
  readonly #counts: Uint32Array;
  #n = 0;

  constructor(most: number, slices: number) {
    this.#values = new Float64Array(most);
    this.#slices = new Uint16Array(most);
    this.#counts = new Uint32Array(slices);
  }

  add(slice: number, value: number): void {
    this.#values[this.#n] = value;
    this.#slices[this.#n++] = slice;
    this.#counts[slice]!++;
  }

  /** Those of each slice, ascending. */
  sorted(): SortedNumbers[] {
    const all = new Float64Array(this.#n);
    const ends: number[] = [];
    this.#counts.reduce((sum, count) => (ends.push(sum), sum + count), 0);
    for (let i = 0; i < this.#n; i++) all[ends[this.#slices[i]!]!++] = this.#values[i]!;
    return ends.map((end, slice) => all.subarray(end - this.#counts[slice]!, end).sort() as SortedNumbers);
  }
}
