/** When in the day and week a study's answers began late. */

import * as Plot from "@observablehq/plot";
import { showNumber, type StudyFigures, type StudyHour } from "../core/mod.ts";
import type { Chart } from "./chart.ts";
import { type Block, draw } from "./drawing.ts";
import { fontSize, layPanels, panelFrames, panelOf, panelRemarks, type Panels } from "./panels.ts";
import { variantLooks } from "./study_rows.ts";

const days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const cell = 17;
/** From sooner to later than usual: dark blue over white to dark red, told apart by the colour-blind. */
const steps = [
  { from: 0, colour: "#2166ac", words: "under 0.67" },
  { from: 0.67, colour: "#67a9cf", words: "0.67 to 0.83" },
  { from: 0.83, colour: "#c6dcec", words: "0.83 to 0.95" },
  { from: 0.95, colour: "#f2f0eb", words: "about 1" },
  { from: 1.05, colour: "#fbd0b4", words: "1.05 to 1.2" },
  { from: 1.2, colour: "#ef8a62", words: "1.2 to 1.5" },
  { from: 1.5, colour: "#b2182b", words: "1.5 and over" },
] as const;

/** Median TTFT of each hour of the week relative to the variant's usual hour, a panel a variant; null without calls. */
export function studyHours(figures: StudyFigures): Chart | null {
  const names = variantLooks(figures).map(({ name }) => name)
    .filter((name) => figures.hours.some((hour) => hour.experiment_name === name && hour.calls > 0));
  if (names.length === 0) return null;
  const title = "At which hours do answers begin late?";
  const usual = new Map(names.map((name) => [name, usualOf(figures, name)]));
  const panels = layPanels(names, {
    panelHeight: 7 * cell,
    headingLines: 2,
    marginLeft: 44,
    columns: names.length === 1 ? 1 : 2,
  });
  const calls = figures.hours.reduce((sum, hour) => sum + hour.calls, 0);
  const unmeasured = names.map((name) => 7 * 24 - measuredHours(figures, name).length);
  return {
    name: "study_hours",
    title,
    caption:
      `Rows: days of the week; columns: hours of the day, UTC. Colour: median time to first token of that hour, relative to the median of ` +
      `the variant's hours (in the second line of its heading): red is later than usual, blue sooner. Crossed-out: no call in that hour; ` +
      `a red cross: every call failed. n = ${showNumber(calls, 9)} calls in all; each panel tells its own.${
        Math.max(...unmeasured) > 0
          ? ` Up to ${showNumber(Math.max(...unmeasured), 9)} of the 168 hours of a week have no call.`
          : ""
      }`,
    svg: draw({
      ...{ name: "study_hours", title, key: [], keyTitle: "" },
      blocks: [legend(), mapBlock(figures, names, usual, panels)],
    }),
  };
}

/** The median over the medians of a variant's hours, so that hours with many calls do not set it. */
function usualOf(figures: StudyFigures, name: string): number | null {
  const medians = measuredHours(figures, name).flatMap(({ ttft_p50_ms }) => ttft_p50_ms ?? [])
    .sort((a, b) => a - b);
  return medians.length === 0 ? null : medians[Math.floor((medians.length - 1) / 2)]!;
}

function measuredHours({ hours }: StudyFigures, name: string): StudyHour[] {
  return hours.filter((hour) => hour.experiment_name === name && hour.calls > 0);
}

function mapBlock(
  figures: StudyFigures,
  names: readonly string[],
  usual: ReadonlyMap<string, number | null>,
  panels: Panels,
): Block {
  const fields = names.flatMap((name) => {
    const own = new Map(
      measuredHours(figures, name).map((hour) => [hour.weekday * 24 + hour.hour, hour] as const),
    );
    return Array.from({ length: 7 * 24 }, (_, k) => {
      const found = own.get(k);
      const [weekday, hour] = [Math.floor(k / 24), k % 24];
      const middle = usual.get(name) ?? null;
      const median = found?.ttft_p50_ms ?? null;
      const ratio = median === null || middle === null ? null : median / middle;
      return {
        ...panelOf(panels, name),
        ...{ x: hour, y: weekday, ratio, called: found !== undefined },
        about: aboutHour(name, weekday, hour, found),
      };
    });
  });
  const place = { fx: "fx", fy: "fy", x: "x", y: "y" };
  const hours = Array.from({ length: 24 }, (_, i) => i);
  const told = [0, 6, 12, 18, 23];
  return {
    panels,
    options: {
      x: { type: "band", domain: hours, padding: 0.04, paddingOuter: 0, round: false },
      y: { type: "band", domain: days.map((_, i) => i), padding: 0.04, paddingOuter: 0, round: false },
    },
    marks: [
      ...panelFrames(panels, 24),
      panelRemarks(
        panels,
        names.map((name) => {
          const own = measuredHours(figures, name);
          const count = own.reduce((sum, { calls }) => sum + calls, 0);
          const middle = usual.get(name) ?? null;
          return `usual ${middle === null ? "not known" : `${showNumber(middle)} ms`}, n = ${
            showNumber(count, 9)
          } calls, ${own.length} of 168 hours`;
        }),
      ),
      Plot.cell(fields.filter(({ ratio }) => ratio !== null), {
        ...place,
        fill: ({ ratio }: (typeof fields)[number]) => colourOf(ratio ?? 1),
        stroke: "#8a8f96",
        strokeOpacity: 0.35,
        strokeWidth: 0.5,
        title: "about",
      }),
      Plot.dot(fields.filter(({ called }) => !called), {
        ...{ ...place, symbol: "times", r: 2, stroke: "currentColor", strokeOpacity: 0.35, strokeWidth: 1 },
        title: "about",
      }),
      Plot.dot(fields.filter(({ called, ratio }) => called && ratio === null), {
        ...{ ...place, symbol: "times", r: 4, stroke: "#c1121f", strokeWidth: 2 },
        title: "about",
      }),
      Plot.axisY(days.map((_, i) => i), {
        ...{ label: null, tickSize: 0, fontSize: fontSize - 1 },
        tickFormat: (day: number) => days[day]!,
      }),
      Plot.axisX(told, {
        ...{ label: null, tickSize: 0, fontSize: fontSize - 1, facetAnchor: null },
        tickFormat: (hour: number) => String(hour),
      }),
    ],
    xLabel: "Hour of the day (UTC)",
    yLabel: "",
  };
}

function colourOf(ratio: number): string {
  return steps.findLast(({ from }) => ratio >= from)?.colour ?? steps[0].colour;
}

function aboutHour(name: string, weekday: number, hour: number, found: StudyHour | undefined): string {
  const when = `${days[weekday]!} ${String(hour).padStart(2, "0")}:00 to ${
    String(hour).padStart(2, "0")
  }:59 UTC`;
  if (found === undefined) return `${name}\n${when}\nno call`;
  const { ttft_p50_ms, output_tokens_per_s_p50: speed, calls, errors } = found;
  return [
    name,
    when,
    ttft_p50_ms === null ? "no success" : `median TTFT ${showNumber(ttft_p50_ms)} ms`,
    ...(speed === null ? [] : [`median speed ${showNumber(speed)} tokens/s`]),
    `${showNumber(calls, 9)} calls, ${showNumber(errors, 9)} failed`,
  ].join("\n");
}

/** What the colours mean. */
function legend(): Block {
  const panels = layPanels([""], {
    panelHeight: 14,
    columns: 1,
    headingLines: 0,
    xNamed: false,
    marginLeft: 44,
  });
  const swatches = steps.map((step, i) => ({ ...step, fx: 0, fy: 0, x: i }));
  return {
    panels,
    options: {
      x: { type: "band", domain: steps.map((_, i) => i), padding: 0.04, paddingOuter: 0, round: false },
      y: { axis: null },
    },
    marks: [
      Plot.barY(swatches, {
        ...{
          fx: "fx",
          fy: "fy",
          x: "x",
          y1: 0,
          y2: 1,
          stroke: "#8a8f96",
          strokeOpacity: 0.6,
          strokeWidth: 0.5,
        },
        fill: "colour",
      }),
      Plot.axisX(steps.map((_, i) => i), {
        ...{ label: null, tickSize: 0, fontSize: fontSize - 1 },
        tickFormat: (i: number) => steps[i]!.words,
      }),
    ],
    xLabel: "",
    yLabel: "Median TTFT of the hour, as a multiple of the variant's usual one",
  };
}
