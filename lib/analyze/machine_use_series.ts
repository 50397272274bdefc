/** Readings of one metric over time, and what they say of a stretch of it. */

import type { UseBucket, UseFigure, UseMetric, UseReading } from "../core/mod.ts";

/** A reading on the time of the run's timeline. */
export interface PlacedReading {
  readonly at_s: number;
  readonly reading: UseReading;
}

/** Readings of one metric, of one copy, by time. */
export interface Series {
  readonly metric: UseMetric;
  readonly experiment_name: string | null;
  readonly copy: number | null;
  readonly readings: readonly PlacedReading[];
}

/** A stretch of time in which one level was loaded. */
export interface Stretch {
  readonly from_s: number;
  readonly to_s: number;
}

/** Between two readings of what counts up. */
export interface Span extends Stretch {
  /** Growth a second. */
  readonly rate: number;
}

/** Shorter spans are told together with their neighbour: CPU time is counted in hundredths of a second. */
const leastSpan_s = 0.4;

/** How far outside of a stretch a reading may lie that stands for its end: nothing is loaded between two levels. */
const slackOf = ({ from_s, to_s }: Stretch) => Math.max(0.1, 0.02 * (to_s - from_s));

/** What readings say of some stretches together; null: they say nothing. Readings of other times are left out, never shared out. */
export function figureOf(
  { metric: { kind }, readings }: Series,
  stretches: readonly Stretch[],
): UseFigure | null {
  if (kind === "counter") return rateFigure(stretches.map((stretch) => spansIn(readings, stretch)));
  if (kind === "histogram") {
    return histogramFigure(stretches.flatMap((stretch) => [bounds(readings, stretch)]));
  }
  return gaugeFigure(readings, stretches, kind === "level");
}

/** Readings in the stretch, and the nearest one on either side within the slack. */
function within(readings: readonly PlacedReading[], stretch: Stretch): PlacedReading[] {
  const slack = slackOf(stretch);
  const inside = readings.filter(({ at_s }) => at_s > stretch.from_s && at_s < stretch.to_s);
  const before = readings.findLast(({ at_s }) => at_s <= stretch.from_s && at_s >= stretch.from_s - slack);
  const after = readings.find(({ at_s }) => at_s >= stretch.to_s && at_s <= stretch.to_s + slack);
  return [...before ? [before] : [], ...inside, ...after ? [after] : []];
}

/** First and last of them; null: there are no two. */
function bounds(readings: readonly PlacedReading[], stretch: Stretch): [UseReading, UseReading] | null {
  const found = within(readings, stretch);
  const [first, last] = [found[0], found.at(-1)];
  return first === undefined || last === undefined || first === last ? null : [first.reading, last.reading];
}

/** Rates between the readings of a stretch; where the count fell, its owner began anew, and nothing is said. */
export function spansIn(readings: readonly PlacedReading[], stretch: Stretch, least_s = leastSpan_s): Span[] {
  const found = within(readings, stretch);
  const spans: Span[] = [];
  let start = found[0];
  for (const end of found.slice(1)) {
    const length = end.at_s - start!.at_s;
    const growth = end.reading.value - start!.reading.value;
    const isLast = end === found.at(-1);
    if (growth < 0) start = end;
    else if (length >= least_s || (isLast && length > 0 && spans.length === 0)) {
      spans.push({ from_s: start!.at_s, to_s: end.at_s, rate: growth / length });
      start = end;
    } else if (isLast && spans.at(-1)?.to_s === start!.at_s) {
      const before = spans.pop()!;
      const all = end.at_s - before.from_s;
      const rate = (before.rate * (before.to_s - before.from_s) + growth) / all;
      spans.push({ from_s: before.from_s, to_s: end.at_s, rate });
    }
  }
  return spans;
}

function rateFigure(stretches: readonly (readonly Span[])[]): UseFigure | null {
  const spans = stretches.flat();
  if (spans.length === 0) return null;
  const time = sum(spans.map(({ from_s, to_s }) => to_s - from_s));
  return {
    mean: sum(spans.map(({ from_s, to_s, rate }) => rate * (to_s - from_s))) / time,
    max: greatest(spans.map(({ rate }) => rate)),
    n: spans.length,
  };
}

/**
 * Each reading counts for the time that is nearest to it, since a level is read more often at its beginning. A mean over some time
 * counts for that time, and only where all of it lies within the stretch.
 */
function gaugeFigure(
  readings: readonly PlacedReading[],
  stretches: readonly Stretch[],
  slow: boolean,
): UseFigure | null {
  let [total, time, n] = [0, 0, 0];
  const tops: number[] = [];
  for (const stretch of stretches) {
    const found = within(readings, stretch).filter(({ at_s, reading: { over_ms = 0 } }) =>
      slow || (at_s > stretch.from_s && at_s <= stretch.to_s && at_s - over_ms / 1000 >= stretch.from_s)
    );
    found.forEach(({ at_s, reading }, i) => {
      const from = i === 0 ? stretch.from_s : (found[i - 1]!.at_s + at_s) / 2;
      const to = i === found.length - 1 ? stretch.to_s : (at_s + found[i + 1]!.at_s) / 2;
      const nearest = Math.min(to, stretch.to_s) - Math.max(from, stretch.from_s);
      const weight = reading.over_ms === undefined ? nearest : reading.over_ms / 1000;
      total += reading.value * weight;
      time += weight;
      n++;
      tops.push(reading.max ?? reading.value);
    });
  }
  return n === 0 ? null : { mean: total / time, max: greatest(tops), n };
}

function histogramFigure(pairs: readonly ([UseReading, UseReading] | null)[]): UseFigure | null {
  const grown = pairs.filter((pair) => pair !== null && pair[1].value >= pair[0].value) as [
    UseReading,
    UseReading,
  ][];
  const n = sum(grown.map(([first, last]) => last.value - first.value));
  if (n === 0) return null;
  const added = sum(grown.map(([first, last]) => (last.sum ?? 0) - (first.sum ?? 0)));
  const counts = new Map<number, number>();
  for (const [first, last] of grown) {
    const before = new Map(first.buckets?.map(([limit, count]) => [limit, count]));
    for (const [limit, count] of last.buckets ?? []) {
      const key = limit ?? Infinity;
      counts.set(key, (counts.get(key) ?? 0) + count - (before.get(limit) ?? 0));
    }
  }
  return { mean: added / n, max: null, n, p95_at_most: limitOf([...counts], 0.95 * n) };
}

/** The least limit that so many lie within; null: none, or only that without an end. */
function limitOf(buckets: readonly UseBucket[], count: number): number | null {
  const limit = buckets.toSorted(([a], [b]) => a! - b!).find(([, within]) => within >= count)?.[0] ?? null;
  return limit === Infinity ? null : limit;
}

/** What the copies of an endpoint did together. The highest is that of one copy: theirs need not be at one time. */
export function together(figures: readonly UseFigure[], copies: UseMetric["copies"]): UseFigure | null {
  if (figures.length === 0) return null;
  const total = sum(figures.map(({ mean }) => mean));
  const tops = figures.flatMap(({ max }) => max ?? []);
  const limits = figures.flatMap(({ p95_at_most }) => p95_at_most ?? []);
  const n = sum(figures.map((figure) => figure.n));
  if (figures.some(({ p95_at_most }) => p95_at_most !== undefined)) {
    const mean = sum(figures.map((figure) => figure.mean * figure.n)) / n;
    return { mean, max: null, n, p95_at_most: limits.length < figures.length ? null : greatest(limits) };
  }
  return {
    mean: copies === "sum" ? total : total / figures.length,
    max: tops.length === 0 ? null : greatest(tops),
    n,
  };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const greatest = (values: readonly number[]) =>
  values.reduce((most, value) => Math.max(most, value), -Infinity);
