/** A run over time: what was in flight, what came back, how long it took. */

import * as Plot from "@observablehq/plot";
import type { RunTimeline } from "../analyze/mod.ts";
import { describeLoad, showNumber } from "../core/mod.ts";
import { type Axis, axisFor, latencyUnit } from "./axis.ts";
import type { Chart, ChartOptions } from "./chart.ts";
import { type Block, draw } from "./drawing.ts";
import { levelBands, levelLabels, type TimeUnit, timeUnit } from "./level_bands.ts";
import { horizontalAxis, layPanels, panelFrames, verticalAxis } from "./panels.ts";
import { experimentLooks, type Look } from "./series.ts";
import { shortFile, showMs } from "./wording.ts";

const red = "#c1121f";
const panelHeight = 110;

/** What one of the blocks shows: lines with a figure of each slice, drawn as steps. */
interface Part {
  readonly name: string;
  readonly tracks: readonly { readonly dash: string; readonly values: readonly (number | null)[] }[];
}

interface Scene {
  readonly timeline: RunTimeline;
  readonly unit: TimeUnit;
  readonly time: Axis;
  readonly key: readonly Look[];
  /** What is said of each slice. */
  readonly about: readonly string[];
}

/**
 * Requests in flight, successes per second and response times (p50, p95) of each slice of a run, one below the other; levels as
 * bands in the colour of their experiment, failures as crosses. null without a timeline.
 */
export function runTimeline(timeline: RunTimeline | null, { experiments }: ChartOptions = {}): Chart | null {
  if (timeline === null || timeline.slices.length === 0) return null;
  const title = "Did the run go evenly from start to end?";
  const { slices, duration_s } = timeline;
  const unit = timeUnit(duration_s);
  const end = duration_s / unit.s;
  const ticks = axisFor([end], { ticks: 8 }).ticks.filter((tick) => tick <= end);
  const key = experimentLooks(timeline.levels, experiments);
  const scene: Scene = {
    timeline,
    unit,
    time: { type: "linear", domain: [0, end], ticks, budget: null },
    key,
    about: slices.map((_, i) => aboutSlice(timeline, i, unit)),
  };
  const latencies = slices.flatMap(({ p50_ms, p95_ms }) => [p50_ms ?? [], p95_ms ?? []].flat());
  const latency = latencyUnit(latencies);
  const scaled = (value: number | null) => value === null ? null : value / latency.ms;
  const parts: readonly Part[] = [
    {
      name: "Requests in flight",
      tracks: [{ dash: "none", values: slices.map(({ in_flight }) => in_flight) }],
    },
    {
      name: "Successes per second",
      tracks: [{ dash: "none", values: slices.map(({ ok_per_s }) => ok_per_s) }],
    },
    {
      name: `Response time (${latency.name}): p50 solid, p95 dotted`,
      tracks: [
        { dash: "1.5 2", values: slices.map(({ p95_ms }) => scaled(p95_ms)) },
        { dash: "none", values: slices.map(({ p50_ms }) => scaled(p50_ms)) },
      ],
    },
  ].filter(({ tracks }) => tracks.some(({ values }) => values.some((value) => value !== null)));
  const broken = timeline.breaks_s.length === 0
    ? ""
    : " Upright dashed line: the run was taken up again there; the time between is left out.";
  return {
    name: "run_timeline",
    title,
    caption:
      "Bands: the load levels, in the colour of their experiment, with its symbol and the load where there is room; warm-up is " +
      "included. Steps within a band should stay level: a slope means that the level was not steady, a gap that nothing came " +
      `back. Red crosses: failed attempts. One step is ${
        showNumber(slices[0]!.to_s - slices[0]!.from_s)
      } s.${broken}`,
    svg: draw({
      name: "run_timeline",
      title,
      key,
      keyTitle: "Experiment",
      blocks: parts.map((part, i) => blockOf(scene, part, { first: i === 0, last: i === parts.length - 1 })),
    }),
  };
}

function blockOf(
  { timeline, unit, time, key, about }: Scene,
  { name, tracks }: Part,
  { first, last }: { readonly first: boolean; readonly last: boolean },
): Block {
  const { slices, levels, breaks_s } = timeline;
  const values = tracks.flatMap((track) => track.values.filter((value) => value !== null));
  const axis = axisFor(values, { ticks: 4 });
  const panels = layPanels([""], { panelHeight, columns: 1, headingLines: 0, xNamed: last });
  const [low, high] = axis.domain;
  const all = { fx: 0, fy: 0 };
  const columns = slices.map(({ from_s, to_s }, i) => ({
    ...all,
    x1: from_s / unit.s,
    x2: to_s / unit.s,
    about: about[i]!,
  }));
  const across = { fx: "fx", fy: "fy", x1: "x1", x2: "x2", y1: low, y2: high };
  const failed = slices.filter(({ errors }) => errors > 0).map(({ from_s, to_s }) => ({
    ...all,
    x: (from_s + to_s) / 2 / unit.s,
  }));
  return {
    panels,
    options: {
      x: { type: "linear", domain: [...time.domain] },
      y: { type: axis.type, domain: [low, high] },
    },
    marks: [
      ...levelBands(levels, key, unit.s, [low, high]),
      ...panelFrames(panels),
      ...verticalAxis(axis),
      ...horizontalAxis(time),
      Plot.ruleX(breaks_s.map((at) => at / unit.s), { stroke: "currentColor", strokeDasharray: "5 4" }),
      ...tracks.map(({ values, dash }) =>
        Plot.line(stepsOf(values, columns), {
          fx: "fx",
          fy: "fy",
          x: "x",
          y: "y",
          stroke: "currentColor",
          strokeWidth: 1.3,
          strokeDasharray: dash,
        })
      ),
      Plot.dot(first ? failed : [], {
        fx: "fx",
        fy: "fy",
        x: "x",
        frameAnchor: "bottom",
        dy: -6,
        symbol: "times",
        r: 3.5,
        stroke: red,
        strokeWidth: 1.8,
      }),
      ...(first ? levelLabels(levels, panels, time, unit.s, key) : []),
      Plot.rect(columns, { ...across, fill: "#000000", fillOpacity: 0, title: "about" }),
    ],
    xLabel: last ? `Time of the run (${unit.name})` : "",
    yLabel: name,
  };
}

/** Both ends of each step; a slice without a value is a gap. */
function stepsOf(
  values: readonly (number | null)[],
  columns: readonly { fx: number; fy: number; x1: number; x2: number }[],
) {
  return columns.flatMap(({ fx, fy, x1, x2 }, i) => {
    const y = values[i] ?? NaN;
    return [{ fx, fy, x: x1, y }, { fx, fy, x: x2, y }];
  });
}

function aboutSlice(
  { slices, levels }: RunTimeline,
  index: number,
  unit: TimeUnit,
): string {
  const { from_s, to_s, in_flight, ok_per_s, errors, p50_ms, p95_ms } = slices[index]!;
  const middle = (from_s + to_s) / 2;
  const now = levels.filter((level) => level.from_s <= middle && middle <= level.to_s);
  return [
    `${showNumber(from_s / unit.s)} to ${showNumber(to_s / unit.s)} ${unit.name}`,
    ...now.slice(0, 3).map((level) =>
      `${level.experiment_name}, ${describeLoad(level)}, ${shortFile(level.payload_file)}`
    ),
    `in flight ${showNumber(in_flight)}; ${showNumber(ok_per_s)} successes per second`,
    p50_ms === null || p95_ms === null ? "no success" : `p50 ${showMs(p50_ms)}, p95 ${showMs(p95_ms)}`,
    ...(errors === 0 ? [] : [`${showNumber(errors, 9)} failed attempts`]),
  ].join("\n");
}
