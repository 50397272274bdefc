/** How much of a call's time the service took, and how much the way there and back. */

import * as Plot from "@observablehq/plot";
import {
  showDuration,
  showNumber,
  showPercent,
  type StudyFigures,
  type StudyQuantiles,
} from "../core/mod.ts";
import { axisFor, latencyUnit } from "./axis.ts";
import type { Chart } from "./chart.ts";
import { draw } from "./drawing.ts";
import { horizontalAxis, panelFrames } from "./panels.ts";
import type { Look } from "./series.ts";
import { layRows, rowScale, rowText, rowTexts } from "./study_rows.ts";
import { logWords } from "./study_spread.ts";

const pitch = 56;
const parts: readonly (Look & { readonly field: "server_ms" | "network_ms" })[] = [
  {
    name: "service: what the server says that it took",
    colour: "#0072b2",
    symbol: "circle",
    dash: "none",
    field: "server_ms",
  },
  { name: "network: the rest", colour: "#d55e00", symbol: "square", dash: "none", field: "network_ms" },
];

/** Median and the middle four fifths of service and network time, a row a variant; null where no server tells its time. */
export function studyNetwork(figures: StudyFigures): Chart | null {
  const rows = figures.variants.filter(({ server_ms, network_ms }) =>
    server_ms.p50.value !== null && network_ms.p50.value !== null
  );
  if (rows.length === 0) return null;
  const title = "Is it the service that takes the time, or the network?";
  const values = rows.flatMap((row) =>
    parts.flatMap(({ field }) => Object.values(row[field]).flatMap(({ value }) => value ?? []))
  );
  const unit = latencyUnit(values);
  const axis = axisFor(values.filter((value) => value > 0).map((value) => value / unit.ms), { ticks: 7 });
  const panels = layRows(rows.length, pitch);
  const all = { fx: 0, fy: 0 };
  const facets = { fx: "fx", fy: "fy" };
  const marks = parts.flatMap(({ field, colour, symbol }, k): Plot.Markish[] => {
    const points = rows.flatMap((row, i) => {
      const { p10, p50, p90 } = row[field];
      const x = (p50.value ?? 0) / unit.ms;
      if (axis.type === "log" && x <= 0) return [];
      return [{
        ...all,
        x,
        low: Math.max(axis.domain[0], (p10.value ?? p50.value ?? 0) / unit.ms),
        high: (p90.value ?? p50.value ?? 0) / unit.ms,
        y: i * pitch + rowText + 14 + k * 15,
        about: `${row.experiment_name}\n${aboutPart(field, row[field])}`,
      }];
    });
    return [
      Plot.link(points, {
        ...{ ...facets, x1: "low", x2: "high", y1: "y", y2: "y" },
        ...{ stroke: colour, strokeWidth: 5, strokeOpacity: 0.4 },
      }),
      Plot.dot(points, { ...facets, x: "x", y: "y", symbol, r: 5, fill: colour, title: "about" }),
    ];
  });
  return {
    name: "study_network",
    title,
    caption:
      "Symbols: median time of successful calls, from the first byte sent to the last one received, in two parts; bars: from the 10th to the " +
      "90th percentile. The network's part is what the server does not account for: the way there and back, and queues before it looks at " +
      `its clock.${logWords(axis.type)}`,
    svg: draw({
      ...{ name: "study_network", title, key: parts, keyTitle: "Time" },
      blocks: [{
        panels,
        options: { x: { type: axis.type, domain: [...axis.domain] }, y: rowScale(panels) },
        marks: [
          ...panelFrames(panels),
          ...horizontalAxis(axis),
          ...rowTexts(
            panels,
            rows.map(({ experiment_name, server_ms, network_ms }) => ({
              lines: [experiment_name],
              note: noteOf(server_ms.p50.value ?? 0, network_ms.p50.value ?? 0),
            })),
            pitch,
          ),
          ...marks,
        ],
        xLabel: `Time (${unit.name})`,
        yLabel: "",
      }],
    }),
  };
}

function noteOf(server: number, network: number): string {
  const whole = server + network;
  const share = whole === 0 ? "" : ` (${showPercent(network / whole)} of both)`;
  return `service ${showDuration(server)}, network ${showDuration(network)}${share}`;
}

function aboutPart(field: "server_ms" | "network_ms", { p10, p50, p90, p99 }: StudyQuantiles): string {
  const show = (value: number | null) => showNumber(value);
  return `${field === "server_ms" ? "service" : "network"} (ms): p10 ${show(p10.value)}, p50 ${
    show(p50.value)
  }, p90 ${show(p90.value)}, p99 ${show(p99.value)}\nn = ${showNumber(p50.n, 9)}`;
}
