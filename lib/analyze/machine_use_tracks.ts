/** Readings as lines over the time of a run. */

import { useName, type UseTrack } from "../core/mod.ts";
import { type Series, type Span, spansIn } from "./machine_use_series.ts";
import type { TimeLevel } from "./timeline.ts";

/** Most points of a line: more than a chart has room for is told together. */
const most = 300;

type Point = UseTrack["points"][number];
type TellsOf = (series: Series, experiment_name: string) => boolean;

/** What is of a moment, or counts up; histograms, and what only CloudWatch's minutes tell, are no lines here. */
export function tracksOf(
  series: readonly Series[],
  levels: readonly TimeLevel[],
  tellsOf: TellsOf,
): UseTrack[] {
  const [first, last] = [levels[0]?.from_s ?? 0, levels.reduce((end, { to_s }) => Math.max(end, to_s), 0)];
  const least_s = Math.max(0.25, (last - first) / most);
  const byFigure = Map.groupBy(
    series.filter(({ metric: { kind } }) => kind !== "histogram"),
    ({ metric }) => useName(metric),
  );
  return [...byFigure].map(([figure, own]): UseTrack => {
    const whole = own.every(({ metric: { source } }) => source === "machine" || source === "client");
    const points = whole ? pointsOf(own, { from_s: first, to_s: last }, least_s) : levels.flatMap((level) => [
      ...pointsOf(own.filter((one) => tellsOf(one, level.experiment_name)), level, least_s),
      { at_s: level.to_s, value: null },
    ]);
    return { figure, points };
  }).filter(({ points }) => points.some(({ value }) => value !== null));
}

/** Of the copies together, in a stretch of time. */
function pointsOf(
  copies: readonly Series[],
  stretch: { readonly from_s: number; readonly to_s: number },
  least_s: number,
): Point[] {
  const [one] = copies;
  if (one === undefined) return [];
  const share = one.metric.copies === "sum" ? 1 : 1 / copies.length;
  if (one.metric.kind === "counter") {
    const spans = copies.map(({ readings }) => spansIn(readings, stretch, least_s));
    return stepsOf(alike(spans), share);
  }
  /** By time, in bins: each copy's mean, where all copies have one. */
  const bins = new Map<number, number[][]>();
  copies.forEach(({ readings }, i) => {
    for (const { at_s, reading } of readings) {
      if (at_s < stretch.from_s || at_s > stretch.to_s) continue;
      const bin = bins.getOrInsertComputed(Math.floor(at_s / least_s), () => copies.map(() => []));
      bin[i]!.push(reading.value);
    }
  });
  return [...bins].filter(([, values]) => values.every((own) => own.length > 0)).sort(([a], [b]) => a - b)
    .map(([bin, values]) => ({
      at_s: Math.min(stretch.to_s, Math.max(stretch.from_s, (bin + 0.5) * least_s)),
      value: share * values.reduce((total, own) => total + own.reduce((a, b) => a + b) / own.length, 0),
    }));
}

/** Spans that all copies have, with their rates added up: they are read in one go. */
function alike(copies: readonly (readonly Span[])[]): Span[] {
  const [first = [], ...others] = copies;
  return first.flatMap((span) => {
    const same = others.flatMap((spans) =>
      spans.find(({ from_s, to_s }) => from_s === span.from_s && to_s === span.to_s) ?? []
    );
    if (same.length < others.length) return [];
    return [{ ...span, rate: same.reduce((total, { rate }) => total + rate, span.rate) }];
  });
}

function stepsOf(spans: readonly Span[], share: number): Point[] {
  return spans.flatMap(({ from_s, to_s, rate }, i) => [
    ...i > 0 && spans[i - 1]!.to_s < from_s ? [{ at_s: spans[i - 1]!.to_s, value: null }] : [],
    { at_s: from_s, value: rate * share },
    { at_s: to_s, value: rate * share },
  ]);
}
