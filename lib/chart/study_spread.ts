/** How a study's latencies or speeds are spread, by variant. */

import * as Plot from "@observablehq/plot";
import {
  showNumber,
  type StudyFigure,
  studyFigureKinds,
  type StudyFigures,
  type StudySpread,
} from "../core/mod.ts";
import { percentAxis } from "./accuracy_by_prompt_length.ts";
import { along, axisFor } from "./axis.ts";
import type { Chart } from "./chart.ts";
import { draw } from "./drawing.ts";
import { around, type Obstacle, overMarks, placeTexts, type Wanted } from "./labels.ts";
import { fontSize, horizontalAxis, layPanels, panelFrames, verticalAxis } from "./panels.ts";
import { variantKeyWidth, variantLooks } from "./study_rows.ts";
import { showFigure, shownFigure } from "./study_wording.ts";
import { fitText, textWidth } from "./text_width.ts";

/** Marked percentiles counted from the fast end, and the samples from which on they are shown. */
const marks = [{ slow: 50, least: 2 }, { slow: 90, least: 10 }, { slow: 99, least: 100 }] as const;

/** With more variants, labels at the curves would hide them: the key has the figures of all. */
const mostLabelled = 4;

/** Percent of the calls up to a value, a curve a variant, with the median and the slow tail marked; null without calls. */
export function studySpread(figures: StudyFigures, figure: StudyFigure = "ttft_ms"): Chart | null {
  const rows = figures.spreads.filter((spread) => spread.figure === figure && spread.n > 0);
  if (rows.length === 0) return null;
  const { lower_is_better: lower, short } = studyFigureKinds[figure];
  const name = `study_spread_${figure}`;
  const title = lower
    ? `How long do most calls take (${short}), and how long the slow ones?`
    : "How fast are most answers written, and how fast the slow ones?";
  const ends = rows.flatMap(({ quantiles }) => [quantiles[0]!, quantiles.at(-1)!]);
  const shown = shownFigure(figure, ends);
  const xAxis = axisFor(ends.map((value) => value / shown.scale), { ticks: 6 });
  const panels = layPanels([""], { panelHeight: 300, columns: 1, headingLines: 0 });
  const looks = variantLooks(figures).filter((look) => rows.some((row) => row.experiment_name === look.name));
  const place = { fx: "fx", fy: "fy", x: "x", y: "y" };
  const pixel = ({ x, y }: { x: number; y: number }, half: number): Obstacle => ({
    ...{ fx: 0, fy: 0, half },
    x: along(xAxis, x, panels.panelWidth),
    y: panels.panelHeight - along(percentAxis, y, panels.panelHeight),
  });
  const obstacles: Obstacle[] = [];
  const wanted: Wanted<null>[] = [];
  const series = looks.flatMap(({ name, colour, symbol, dash }): Plot.Markish[] =>
    rows.filter((row) => row.experiment_name === name).flatMap((row) => {
      const line = row.quantiles.map((value, i) => ({
        ...{ fx: 0, fy: 0 },
        x: value / shown.scale,
        y: i / (row.quantiles.length - 1) * 100,
      }));
      const points = marksOf(row, lower).map(({ p, value }) => ({
        ...{ fx: 0, fy: 0, p },
        x: value / shown.scale,
        y: p,
        about: `${row.experiment_name}\n${
          marksOf(row, lower).map((mark) => `p${mark.p} ${showFigure(shown, mark.value)}`).join(", ")
        }\nn = ${showNumber(row.n, 9)}`,
      }));
      obstacles.push(...line.map((point) => pixel(point, 2)), ...points.map((point) => pixel(point, 5)));
      if (looks.length <= mostLabelled) {
        wanted.push(...points.map((point) => {
          const at = pixel(point, 5);
          const text = `p${point.p} ${showNumber(point.x)}`;
          return { fx: 0, fy: 0, text, candidates: around(at.x, at.y, 5), always: false, datum: null };
        }));
      }
      return [
        Plot.line(line, { ...place, stroke: colour, strokeWidth: 1.6, strokeDasharray: dash }),
        Plot.dot(points, { ...place, symbol, r: 4.5, fill: colour, title: "about" }),
      ];
    })
  );
  // The medians first: they must not lose their place to a tail.
  const ordered = [...wanted].sort((a, b) =>
    Number(b.text.startsWith("p50")) - Number(a.text.startsWith("p50"))
  );
  const key = looks.map((look) => {
    const row = rows.find(({ experiment_name }) => experiment_name === look.name);
    const said = row === undefined
      ? ""
      : marksOf(row, lower).map(({ p, value }) => `p${p} ${showNumber(value / shown.scale)}`).join(", ");
    const note = said === "" ? "" : `:  ${said} ${shown.unitName}`;
    const room = variantKeyWidth - textWidth(note, fontSize) - 1;
    return { ...look, name: `${fitText(look.name, room, fontSize)}${note}` };
  });
  const texts = placeTexts(ordered, obstacles, panels, fontSize - 1);
  return {
    name,
    title,
    caption: lower
      ? `Each curve is one variant: its height tells how many percent of the calls took no longer than the time below it. Further left is ` +
        `faster; the flat end at the top is the slow tail. Symbols: p50 (the median), p90 and p99, where there are enough calls.${
          logWords(xAxis.type)
        }`
      : "Each curve is one variant: its height tells how many percent of the answers were written at this speed or slower. Further right is " +
        `faster; the slow tail is at the bottom. Symbols: p50 (the median), p10 and p1: nine of ten, and 99 of 100, were faster than that.${
          logWords(xAxis.type)
        }`,
    svg: draw({
      ...{ name, title, key, keyTitle: "Variant", keyLines: true, keyWidth: variantKeyWidth },
      blocks: [{
        panels,
        options: {
          x: { type: xAxis.type, domain: [...xAxis.domain] },
          y: { type: "linear", domain: [...percentAxis.domain] },
        },
        marks: [
          ...panelFrames(panels),
          ...verticalAxis(percentAxis),
          ...horizontalAxis(xAxis),
          ...series,
          ...texts.map(({ text, options, cover }) =>
            Plot.text([0], {
              ...{ fx: [0], fy: [0], text: [text], fontSize: fontSize - 1, ...overMarks },
              ...{
                frameAnchor: "top-left" as const,
                lineAnchor: "middle" as const,
                textAnchor: "middle" as const,
              },
              dx: cover.x,
              dy: cover.y,
              ...(options.rotate === undefined ? {} : { rotate: options.rotate }),
            })
          ),
        ],
        xLabel: shown.label,
        yLabel: lower ? "Calls that took no longer (%)" : "Answers at this speed or slower (%)",
      }],
    }),
  };
}

/** Percentiles with their values; of a figure whose slow end is low, the low ones. */
function marksOf({ quantiles, n }: StudySpread, lower: boolean): { p: number; value: number }[] {
  return marks.filter(({ least }) => n >= least).map(({ slow }) => {
    const p = lower ? slow : 100 - slow;
    return { p, value: quantiles[Math.round(p / 100 * (quantiles.length - 1))]! };
  });
}

/** What a caption says of a logarithmic axis. */
export function logWords(type: "linear" | "log"): string {
  return type === "log" ? " The axis is logarithmic: equal steps are equal factors." : "";
}
