/** Machines and servers over the time of a run, on the axis of the run's timeline. */

import * as Plot from "@observablehq/plot";
import type { RunTimeline } from "../analyze/mod.ts";
import { type RunUse, showNumber, type UseTrack } from "../core/mod.ts";
import { type Axis, axisFor } from "./axis.ts";
import type { Chart, ChartOptions } from "./chart.ts";
import { type Block, draw } from "./drawing.ts";
import { levelBands, levelLabels, type TimeUnit, timeUnit } from "./level_bands.ts";
import { horizontalAxis, layPanels, panelFrames, verticalAxis } from "./panels.ts";
import { experimentLooks, type Look } from "./series.ts";

const panelHeight = 80;
const gib = 2 ** 30;
const solid = "none", dashed = "7 3", dotted = "1.5 2";

interface Line {
  /** The first that was sampled. */
  readonly figures: readonly string[];
  readonly dash: string;
  /** How it is called beside the panel; empty: it is the only one. */
  readonly name: string;
  readonly unit: number;
}

interface Part {
  readonly name: string;
  readonly lines: readonly Line[];
  /** What there is of it: the top of the axis. Absent or null: nobody knows. */
  readonly limit?: (use: RunUse) => number | null;
}

const hundred = () => 100;

const parts: readonly Part[] = [
  {
    name: "CPU of this machine (cores)",
    lines: [{ figures: ["machine.cpu_time"], dash: solid, name: "", unit: 1 }],
    limit: ({ cores }) => cores,
  },
  {
    name: "CPU (cores)",
    lines: [
      {
        figures: ["process.cpu_time", "container.cpu", "container.cpu_time"],
        ...{ dash: solid, name: "endpoint", unit: 1 },
      },
      { figures: ["client.cpu_time"], dash: dotted, name: "client", unit: 1 },
    ],
  },
  {
    name: "Memory of this machine in use (GiB)",
    lines: [{ figures: ["machine.memory_used"], dash: solid, name: "", unit: gib }],
  },
  {
    name: "Memory (GiB)",
    lines: [
      {
        figures: ["process.memory_used", "container.memory_used"],
        ...{ dash: solid, name: "endpoint", unit: gib },
      },
      { figures: ["client.memory_used"], dash: dotted, name: "client", unit: gib },
    ],
  },
  {
    name: "GPU (%)",
    lines: [{ figures: ["gpu.use", "neuron.use"], dash: solid, name: "", unit: 1 }],
    limit: hundred,
  },
  { name: "GPU memory (GiB)", lines: [{ figures: ["gpu.memory_used"], dash: solid, name: "", unit: 1024 }] },
  {
    name: "KV cache (%)",
    lines: [{ figures: ["server.kv_cache_use"], dash: solid, name: "", unit: 0.01 }],
    limit: hundred,
  },
  {
    name: "Requests at the server",
    lines: [
      { figures: ["server.running"], dash: solid, name: "running", unit: 1 },
      { figures: ["server.waiting"], dash: dashed, name: "waiting", unit: 1 },
    ],
  },
  {
    name: "SageMaker's instances (%)",
    lines: [
      { figures: ["cloudwatch.cpu"], dash: solid, name: "CPU", unit: 1 },
      { figures: ["cloudwatch.gpu"], dash: dashed, name: "GPU", unit: 1 },
    ],
  },
];

/** One panel below the other for what was sampled; null when nothing was. */
export function machineUse(
  use: RunUse,
  timeline: RunTimeline | null,
  { experiments }: ChartOptions = {},
): Chart | null {
  const shown = parts.flatMap(({ name, lines, limit }) => {
    const had = lines.flatMap((line) => {
      const track = use.tracks.find(({ figure }) => line.figures.includes(figure));
      return track === undefined ? [] : [{ ...line, track }];
    });
    return had.length === 0 ? [] : [{ name, lines: had, limit: limit?.(use) ?? null }];
  });
  if (timeline === null || use.interval_s === null || shown.length === 0) return null;
  const title = "What held the machine back, and when?";
  const unit = timeUnit(timeline.duration_s);
  const end = timeline.duration_s / unit.s;
  const ticks = axisFor([end], { ticks: 8 }).ticks.filter((tick) => tick <= end);
  const time: Axis = { type: "linear", domain: [0, end], ticks, budget: null };
  const key = experimentLooks(timeline.levels, experiments);
  return {
    name: "machine_use",
    title,
    caption:
      "Bands: the load levels, as in the chart of the run; one level is loaded at a time, and `endpoint` is the one whose level it " +
      `is. Read every ${
        showNumber(use.interval_s)
      } s and at both ends of a level. CPU of the machine is that of all its processes; ` +
      "a flat top is a limit. A gap: nothing was read.",
    svg: draw({
      name: "machine_use",
      title,
      key,
      keyTitle: "Experiment",
      blocks: shown.map((part, i) =>
        blockOf({ timeline, unit, time, key, ...part, first: i === 0, last: i === shown.length - 1 })
      ),
    }),
  };
}

interface Scene {
  readonly timeline: RunTimeline;
  readonly unit: TimeUnit;
  readonly time: Axis;
  readonly key: readonly Look[];
  readonly name: string;
  readonly lines: readonly (Line & { readonly track: UseTrack })[];
  readonly limit: number | null;
  readonly first: boolean;
  readonly last: boolean;
}

function blockOf({ timeline, unit, time, key, name, lines, limit, first, last }: Scene): Block {
  const values = lines.flatMap(({ track, unit }) =>
    track.points.flatMap(({ value }) => value === null ? [] : [value / unit])
  );
  const axis = axisTo(limit, values);
  const panels = layPanels([""], { panelHeight, columns: 1, headingLines: 0, xNamed: last });
  const called = lines.filter(({ name }) => name !== "").map(({ name, dash }) => `${name} ${wordOf(dash)}`);
  return {
    panels,
    options: {
      x: { type: "linear", domain: [...time.domain] },
      y: { type: axis.type, domain: [...axis.domain] },
    },
    marks: [
      ...levelBands(timeline.levels, key, unit.s, axis.domain),
      ...panelFrames(panels),
      ...verticalAxis(axis),
      ...horizontalAxis(time),
      Plot.ruleX(timeline.breaks_s.map((at) => at / unit.s), {
        stroke: "currentColor",
        strokeDasharray: "5 4",
      }),
      ...lines.flatMap(({ track, dash, unit: one }) => {
        const points = track.points.map(({ at_s, value }) => ({
          ...{ fx: 0, fy: 0 },
          x: at_s / unit.s,
          y: value === null ? NaN : value / one,
        }));
        return [
          Plot.line(points, {
            ...{ fx: "fx", fy: "fy", x: "x", y: "y" },
            stroke: "currentColor",
            strokeWidth: 1.3,
            strokeDasharray: dash,
          }),
          // A reading without a neighbour would be no line at all.
          Plot.dot(alone(points), { fx: "fx", fy: "fy", x: "x", y: "y", r: 1.5, fill: "currentColor" }),
        ];
      }),
      ...(first ? levelLabels(timeline.levels, panels, time, unit.s, key) : []),
    ],
    xLabel: last ? `Time of the run (${unit.name})` : "",
    yLabel: called.length === 0 ? name : `${name}: ${called.join(", ")}`,
  };
}

/** From zero, always: half of a machine must look like half. To the limit, unless hundredths of a second go beyond it. */
function axisTo(limit: number | null, values: readonly number[]): Axis {
  const free = axisFor([0, ...values], { ticks: 3 });
  if (limit === null || values.some((value) => value > limit * 1.05)) return free;
  const ticks = axisFor([limit / 1.06], { ticks: 3 }).ticks.filter((tick) => tick <= limit);
  return { ...free, domain: [0, limit], ticks };
}

function alone<Point extends { readonly y: number }>(points: readonly Point[]): Point[] {
  const empty = (point: Point | undefined) => point === undefined || Number.isNaN(point.y);
  return points.filter((point, i) => !empty(point) && empty(points[i - 1]) && empty(points[i + 1]));
}

const wordOf = (dash: string) => dash === solid ? "solid" : dash === dashed ? "dashed" : "dotted";
