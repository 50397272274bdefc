/** The spread of a study's latencies or speeds as boxes, with every slow call of the tail. */

import * as Plot from "@observablehq/plot";
import {
  showNumber,
  type StudyFigure,
  studyFigureKinds,
  type StudyFigures,
  type StudySpread,
} from "../core/mod.ts";
import { axisFor } from "./axis.ts";
import type { Chart } from "./chart.ts";
import { draw } from "./drawing.ts";
import { horizontalAxis, panelFrames } from "./panels.ts";
import { layRows, rowScale, rowText, rowTexts, variantLooks } from "./study_rows.ts";
import { showFigure, shownFigure } from "./study_wording.ts";
import { logWords } from "./study_spread.ts";

const pitch = 48;
/** Half the height of a box. */
const half = 8;

/** Tukey's rule, by which the slowest calls of a spread are chosen: box lengths from the box. */
const reach = 1.5;
/** A spread lists no more of them. */
const mostDots = 50;

/** Where a row's marks are, in the figure's own unit. */
interface Box {
  readonly fast: number;
  readonly quarters: readonly [number, number];
  readonly median: number;
  /** End of the whisker towards the slow side. */
  readonly slow: number;
  readonly dots: readonly number[];
}

/**
 * A row with a box for each variant. All calls are within the whiskers or are dots; nothing is cut off. null without calls.
 *
 * @param only names of the variants that are shown; null: all
 */
export function studyBoxes(
  figures: StudyFigures,
  figure: StudyFigure = "ttft_ms",
  only: readonly string[] | null = null,
): Chart | null {
  const looks = variantLooks(figures).filter(({ name }) => only === null || only.includes(name));
  const rows = looks.flatMap((look) => {
    const spread = figures.spreads.find((row) =>
      row.experiment_name === look.name && row.figure === figure && row.n > 0
    );
    return spread === undefined ? [] : [{ ...look, spread, box: boxOf(spread) }];
  });
  if (rows.length === 0) return null;
  const { lower_is_better: lower, short } = studyFigureKinds[figure];
  const name = `study_boxes_${figure}`;
  const title = lower ? `How bad do the slow calls get (${short})?` : "How slow do the slow answers get?";
  const values = rows.flatMap((
    { spread, box },
  ) => [spread.quantiles[0]!, spread.quantiles.at(-1)!, ...box.dots]);
  const shown = shownFigure(figure, values);
  const axis = axisFor(values.map((value) => value / shown.scale), { ticks: 7 });
  const panels = layRows(rows.length, pitch);
  const all = { fx: 0, fy: 0 };
  const facets = { fx: "fx", fy: "fy" };
  const at = (value: number) => value / shown.scale;
  const marks = rows.flatMap(({ colour, box }, i): Plot.Markish[] => {
    const y = i * pitch + rowText + 3 + (pitch - rowText) / 2;
    const { fast, quarters: [low, high], median, slow, dots } = box;
    const whiskers = [{ ...all, x1: at(fast), x2: at(lower ? low : high), y }, {
      ...all,
      x1: at(lower ? high : low),
      x2: at(slow),
      y,
    }];
    const ends = [fast, slow].map((value) => ({ ...all, x: at(value), y1: y - half / 2, y2: y + half / 2 }));
    const body = [{ ...all, x1: at(low), x2: at(high), y1: y - half, y2: y + half }];
    const middle = [{ ...all, x: at(median), y1: y - half, y2: y + half }];
    return [
      Plot.link(whiskers, {
        ...facets,
        x1: "x1",
        x2: "x2",
        y1: "y",
        y2: "y",
        stroke: colour,
        strokeWidth: 1.4,
      }),
      Plot.link(ends, { ...facets, x1: "x", x2: "x", y1: "y1", y2: "y2", stroke: colour, strokeWidth: 1.4 }),
      Plot.rect(body, {
        ...{ ...facets, x1: "x1", x2: "x2", y1: "y1", y2: "y2" },
        ...{ fill: colour, fillOpacity: 0.25, stroke: colour, strokeWidth: 1.2 },
        title: () => aboutRow(rows[i]!.spread, box, (value) => showFigure(shown, value)),
      }),
      Plot.link(middle, { ...facets, x1: "x", x2: "x", y1: "y1", y2: "y2", stroke: colour, strokeWidth: 3 }),
      Plot.dot(dots.map((value) => ({ ...all, x: at(value), y })), {
        ...{ ...facets, x: "x", y: "y", r: 2.6, stroke: colour, strokeOpacity: 0.85, strokeWidth: 1.1 },
      }),
    ];
  });
  return {
    name,
    title,
    caption:
      "Box: the middle half of the calls, with the median as a thick line. Whiskers: from the fastest call to one and a half box lengths " +
      `from the box at most. Dots: every call slower than that, ${
        lower ? "to the right" : "to the left"
      }; where they are more than ${mostDots}, ` +
      `the ${mostDots} slowest, and the whisker reaches to these. None is cut off.${logWords(axis.type)}`,
    svg: draw({
      ...{ name, title, key: [], keyTitle: "Variant" },
      blocks: [{
        panels,
        options: { x: { type: axis.type, domain: [...axis.domain] }, y: rowScale(panels) },
        marks: [
          ...panelFrames(panels),
          ...horizontalAxis(axis),
          ...rowTexts(
            panels,
            rows.map(({ name, spread, box }) => ({
              lines: [name],
              note: `median ${showFigure(shown, box.median)}, slowest ${
                showFigure(shown, slowestOf(spread))
              }, n = ${showNumber(spread.n, 9)}`,
            })),
            pitch,
          ),
          ...marks,
        ],
        xLabel: shown.label,
        yLabel: lower ? "Slower to the right" : "Slower to the left",
      }],
    }),
  };
}

function boxOf(spread: StudySpread): Box {
  const lower = studyFigureKinds[spread.figure].lower_is_better;
  const q = (p: number) => spread.quantiles[Math.round(p / 100 * (spread.quantiles.length - 1))]!;
  const [low, high] = [q(25), q(75)];
  const fence = lower ? high + reach * (high - low) : low - reach * (high - low);
  const least = spread.slowest.at(-1);
  const [outermost, nearer] = lower ? [q(100), Math.min] : [q(0), Math.max];
  // What is no dot must be within the whisker, else it would be nowhere in the picture.
  const slow = least === undefined
    ? outermost
    : spread.slowest.length < mostDots
    ? nearer(fence, least)
    : least;
  return {
    fast: lower ? q(0) : q(100),
    quarters: [low, high],
    median: q(50),
    slow,
    dots: spread.slowest,
  };
}

function slowestOf({ slowest, quantiles, figure }: StudySpread): number {
  return slowest[0] ?? (studyFigureKinds[figure].lower_is_better ? quantiles.at(-1)! : quantiles[0]!);
}

function aboutRow(spread: StudySpread, box: Box, show: (value: number) => string): string {
  return [
    spread.experiment_name,
    `median ${show(box.median)}, middle half ${show(box.quarters[0])} to ${show(box.quarters[1])}`,
    `fastest ${show(box.fast)}, slowest ${show(slowestOf(spread))}`,
    `${showNumber(box.dots.length, 9)} of ${showNumber(spread.n, 9)} calls as dots`,
  ].join("\n");
}
