/** How a study's figures went over its days. */

import * as Plot from "@observablehq/plot";
import {
  type Estimate,
  showNumber,
  type StudyFigure,
  studyFigureKinds,
  type StudyFigures,
  type StudySlice,
} from "../core/mod.ts";
import { type Axis, axisFor } from "./axis.ts";
import type { Chart } from "./chart.ts";
import { draw } from "./drawing.ts";
import { fontSize, layPanels, panelFrames, type Panels, verticalAxis } from "./panels.ts";
import type { Look } from "./series.ts";
import { gapMarks, placeGaps } from "./study_gaps.ts";
import { variantKeyWidth, variantLooks } from "./study_rows.ts";
import { logWords } from "./study_spread.ts";
import {
  plainInterval,
  showDay,
  showFigure,
  type ShownFigure,
  shownFigure,
  showTime,
} from "./study_wording.ts";
import { showTimeTick, timeAxis } from "./time_axis.ts";

/** So many variants share a panel; more have one each, and the others behind in grey. */
const mostTogether = 4;
/** Lines for the names of gaps above a panel. */
const gapLines = 2;
const grey = "#8a8f96";

type TrendFigure = Exclude<StudyFigure, "e2e_ms">;

/**
 * Medians of the slices of a study's time with their intervals, gaps shaded and named; null without a figure.
 *
 * @param height pixels of the panel that up to four variants share
 */
export function studyTrend(
  figures: StudyFigures,
  figure: TrendFigure = "ttft_ms",
  height = 240,
): Chart | null {
  const value = (slice: StudySlice): Estimate =>
    figure === "ttft_ms" ? slice.ttft_p50_ms : slice.output_tokens_per_s_p50;
  const known = figures.slices.filter((slice) => value(slice).value !== null);
  if (known.length === 0) return null;
  const looks = variantLooks(figures).filter(({ name }) =>
    known.some((slice) => slice.experiment_name === name)
  );
  const { short } = studyFigureKinds[figure];
  const name = `study_trend_${figure}`;
  const title = `Did the ${figure === "ttft_ms" ? short : "speed"} stay the same over the study?`;
  const values = known.flatMap((
    slice,
  ) => [value(slice).value ?? 0, value(slice).high ?? value(slice).value ?? 0]);
  const shown = shownFigure(figure, values);
  const axis = axisFor(values.map((each) => each / shown.scale));
  const times = known.flatMap(({ from_at, until_at }) => [Date.parse(from_at), Date.parse(until_at)]);
  const [first, last] = [
    Math.min(...times, Date.parse(figures.from_at ?? known[0]!.from_at)),
    Math.max(...times, Date.parse(figures.until_at ?? known[0]!.until_at)),
  ];
  const together = looks.length <= mostTogether;
  const named = figures.gaps.length > 0;
  const panels = layPanels(together ? [""] : looks.map((look) => look.name), {
    panelHeight: together ? height : 110,
    columns: together ? 1 : 2,
    headingLines: named ? (together ? gapLines : gapLines + 1) : together ? 0 : 1,
  });
  const time = timeAxis(first, last, together ? 9 : 5);
  const gaps = placeGaps(figures.gaps, time, panels.panelWidth, gapLines);
  const scene: Scene = { figures, value, shown, panels, together };
  return {
    name,
    title,
    caption: `Symbols: median of all successful calls of a slice of ${
      sliceWords(known[0]!)
    }; bands: the 95 % interval. Level lines mean that one figure can speak for the whole study. ${
      named ? "Grey, with its name above: nothing was sent then, or the clock was set." : ""
    }${together ? "" : " Grey lines: the other variants."}${logWords(axis.type)}`.replace(/\s+/g, " ").trim(),
    svg: draw({
      ...{ name, title, keyTitle: "Variant", keyLines: true, keyWidth: variantKeyWidth },
      key: together ? looks : [],
      blocks: [{
        panels,
        options: {
          x: { type: "linear", domain: [...time.domain] },
          y: { type: axis.type, domain: [...axis.domain], clamp: true },
        },
        marks: [
          ...gapMarks(gaps, panels, axis.domain),
          ...panelFrames(panels, named ? 8 + 14 * gapLines : 8),
          ...verticalAxis(axis),
          ...timeMarks(time),
          ...(together ? [] : behind(scene, looks)),
          ...looks.flatMap((look, i) => seriesOf(scene, look, together ? 0 : i, axis)),
        ],
        xLabel: `Time (UTC), from ${showDay(first)} ${new Date(first).getUTCFullYear()}`,
        yLabel: `Median: ${shown.label}`,
      }],
    }),
  };
}

interface Scene {
  readonly figures: StudyFigures;
  readonly value: (slice: StudySlice) => Estimate;
  readonly shown: ShownFigure;
  readonly panels: Panels;
  readonly together: boolean;
}

function timeMarks({ ticks }: Axis): Plot.Markish[] {
  const all = [...ticks];
  return [
    Plot.gridX(all, { stroke: "currentColor", strokeOpacity: 0.12 }),
    Plot.axisX(all, {
      text: all.map(showTimeTick),
      ...{ label: null, tickSize: 4, fontSize: fontSize - 1, facetAnchor: null },
    }),
  ];
}

interface Point {
  readonly x: number;
  readonly y: number;
  readonly low: number;
  readonly high: number;
  readonly about: string;
}

/** A variant's slices in order; a point without a figure wherever its line must break. */
function pointsOf({ figures, value, shown }: Scene, name: string): Point[] {
  const own = figures.slices.filter((slice) => slice.experiment_name === name)
    .sort((a, b) => Date.parse(a.from_at) - Date.parse(b.from_at));
  // A gap breaks the line where it takes most of the time between the middles of two slices.
  const broken = (from: number, until: number) =>
    figures.gaps.some(({ kind, from_at, until_at }) => {
      const end = until_at === null ? until : Date.parse(until_at);
      const covered = Math.min(until, end) - Math.max(from, Date.parse(from_at));
      return kind !== "clock_step" && covered > (until - from) / 2;
    });
  return own.flatMap((slice, i): Point[] => {
    const estimate = value(slice);
    const x = (Date.parse(slice.from_at) + Date.parse(slice.until_at)) / 2;
    const y = estimate.value === null ? NaN : estimate.value / shown.scale;
    const point = {
      ...{ x, y },
      low: (estimate.low ?? estimate.value ?? NaN) / shown.scale,
      high: (estimate.high ?? estimate.value ?? NaN) / shown.scale,
      about: aboutSlice(slice, estimate, shown),
    };
    const before = own[i - 1];
    const middle = before === undefined ? x : (Date.parse(before.from_at) + Date.parse(before.until_at)) / 2;
    return broken(middle, x)
      ? [{ ...point, x: (middle + x) / 2, y: NaN, low: NaN, high: NaN }, point]
      : [point];
  });
}

function seriesOf(
  scene: Scene,
  { name, colour, symbol, dash }: Look,
  index: number,
  axis: Axis,
): Plot.Markish[] {
  const { fx, fy } = scene.panels.list[index]!;
  const points = pointsOf(scene, name).map((point) => ({
    ...{ ...point, fx, fy },
    low: Math.max(axis.domain[0], point.low),
  }));
  const solid = points.filter(({ y }) => !Number.isNaN(y));
  const place = { fx: "fx", fy: "fy", x: "x" };
  return [
    Plot.ruleX(scene.together ? solid : [], {
      ...place,
      y1: "low",
      y2: "high",
      stroke: colour,
      strokeOpacity: 0.35,
    }),
    Plot.areaY(points, { ...place, y1: "low", y2: "high", fill: colour, fillOpacity: 0.15 }),
    Plot.line(points, { ...place, y: "y", stroke: colour, strokeWidth: 1.5, strokeDasharray: dash }),
    Plot.dot(solid, {
      ...{ ...place, y: "y", symbol, fill: colour, title: "about" },
      r: solid.length > 60 || !scene.together ? 2.5 : 3.6,
    }),
  ];
}

/** All variants in grey in every panel, so that each can be compared with them. */
function behind(scene: Scene, looks: readonly Look[]): Plot.Markish[] {
  return looks.flatMap(({ name }) => {
    const points = pointsOf(scene, name);
    return scene.panels.list.map(({ fx, fy }) =>
      Plot.line(points.map((point) => ({ ...point, fx, fy })), {
        ...{ fx: "fx", fy: "fy", x: "x", y: "y", stroke: grey, strokeOpacity: 0.35, strokeWidth: 0.8 },
      })
    );
  });
}

function aboutSlice(slice: StudySlice, estimate: Estimate, shown: ShownFigure): string {
  const show = (value: number) => showFigure(shown, value);
  return [
    slice.experiment_name,
    `${showTime(Date.parse(slice.from_at))} to ${showTime(Date.parse(slice.until_at))} UTC`,
    estimate.value === null
      ? "too few calls"
      : `median ${show(estimate.value)} (95 %: ${plainInterval(estimate, show)})`,
    `${showNumber(slice.calls, 9)} calls, ${showNumber(slice.errors, 9)} failed`,
  ].join("\n");
}

/** How long a slice is: `3.5 h`. */
function sliceWords({ from_at, until_at }: StudySlice): string {
  const minutes = (Date.parse(until_at) - Date.parse(from_at)) / 60_000;
  return minutes < 1
    ? `${showNumber(minutes * 60)} s`
    : minutes < 90
    ? `${showNumber(minutes)} min`
    : minutes < 48 * 60
    ? `${showNumber(minutes / 60)} h`
    : `${showNumber(minutes / 1440)} days`;
}
