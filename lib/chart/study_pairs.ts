/** Which of two variants is faster on the same prompts at the same time, and how sure that is. */

import * as Plot from "@observablehq/plot";
import {
  type PairedDifference,
  showNumber,
  type StudyFigure,
  studyFigureKinds,
  type StudyFigures,
} from "../core/mod.ts";
import { along, type Axis } from "./axis.ts";
import { choosePairs, fastestOf } from "./chosen_pairs.ts";
import { changeAxis, showChangeTick } from "./change_axis.ts";
import type { Chart } from "./chart.ts";
import { type Block, draw } from "./drawing.ts";
import { fontSize, panelFrames } from "./panels.ts";
import { layRows, rowScale, rowText, rowTexts, variantLooks } from "./study_rows.ts";
import { plainInterval, showChange } from "./study_wording.ts";
import { textWidth } from "./text_width.ts";
import type { Look } from "./series.ts";

/** A row for each pair of variants, a block a figure: the change with its interval, and a line where there is none. null without pairs. */
export function studyPairs(
  figures: StudyFigures,
  shown: readonly StudyFigure[] = ["ttft_ms", "output_tokens_per_s"],
  atMost = Infinity,
): Chart | null {
  const looks = variantLooks(figures);
  const fastest = shown[0] === undefined ? null : fastestOf(figures, shown[0]);
  let left = 0;
  const blocks = shown.flatMap((figure) => {
    const { pairs, hidden } = choosePairs(figures, figure, fastest, atMost);
    left += hidden;
    return pairs.length === 0 ? [] : [blockOf(pairs, figure, looks)];
  });
  if (blocks.length === 0) return null;
  const title = "Which variant is faster, and is that more than chance?";
  return {
    name: "study_pairs",
    title,
    caption:
      "Each row compares two variants on the same prompts, called one right after the other. Symbol: how much the first one's figure differs " +
      "from the second one's, in percent; line: the 95 % interval. Where the line keeps clear of the upright line at 0, the difference is more " +
      "than chance; where it crosses it, no difference is shown. The words above each field say which side is the better one." +
      (left === 0
        ? ""
        : ` Shown are comparisons with the fastest variant, and of one model's profiles where there is room; the table has the other ${
          showNumber(left, 9)
        }.`),
    svg: draw({ ...{ name: "study_pairs", title, key: [], keyTitle: "Variant" }, blocks }),
  };
}

function blockOf(rows: readonly PairedDifference[], figure: StudyFigure, looks: readonly Look[]): Block {
  const { title, lower_is_better: lower } = studyFigureKinds[figure];
  const texts = rows.map((row) => ({ row, note: noteOf(row) }));
  const room = 744;
  const split = texts.some(({ row, note }) =>
    textWidth(oneLine(row), fontSize, true) + textWidth(note, fontSize) > room
  );
  const pitch = rowText * (split ? 2 : 1) + 26;
  const panels = layRows(rows.length, pitch);
  const axis = changeAxis(
    rows.flatMap(({ change: { value, low, high } }) => [value, low, high].filter((end) => end !== null)),
  );
  const all = { fx: 0, fy: 0 };
  const marks = rows.flatMap((row, i): Plot.Markish[] => {
    const { value, low, high } = row.change;
    if (value === null) return [];
    const look = looks.find(({ name }) => name === row.candidate);
    const colour = look?.colour ?? "currentColor";
    const y = (i + 1) * pitch - 10;
    const ends = [low === null ? axis.domain[0] : 1 + low, high === null ? axis.domain[1] : 1 + high];
    const bar = [{ ...all, x1: ends[0], x2: ends[1], y }];
    const caps = [...(low === null ? [] : [ends[0]]), ...(high === null ? [] : [ends[1]])]
      .map((x) => ({ ...all, x, y1: y - 5, y2: y + 5 }));
    const facets = { fx: "fx", fy: "fy" };
    const line = {
      stroke: colour,
      strokeWidth: 2,
      ...(low === null || high === null ? { strokeDasharray: "4 4" } : {}),
    };
    return [
      Plot.link(bar, { ...facets, x1: "x1", x2: "x2", y1: "y", y2: "y", ...line }),
      Plot.link(caps, { ...facets, x1: "x", x2: "x", y1: "y1", y2: "y2", stroke: colour, strokeWidth: 2 }),
      Plot.dot([{ ...all, x: 1 + value, y }], {
        ...{ ...facets, x: "x", y: "y", symbol: look?.symbol ?? "circle", r: 5.5, fill: colour },
        title: () => aboutPair(row),
      }),
    ];
  });
  return {
    panels,
    options: { x: { type: axis.type, domain: [...axis.domain] }, y: rowScale(panels) },
    marks: [
      ...panelFrames(panels),
      ...axisMarks(axis),
      Plot.link(
        rows.map((_, i) => ({
          ...all,
          x: 1,
          y1: (i + 1) * pitch - 24,
          y2: (i + 1) * pitch + (i + 1 === rows.length ? 6 : 0),
        })),
        {
          fx: "fx",
          fy: "fy",
          x1: "x",
          x2: "x",
          y1: "y1",
          y2: "y2",
          stroke: "currentColor",
          strokeWidth: 1.6,
        },
      ),
      ...rowTexts(
        panels,
        texts.map(({ row, note }) => ({
          lines: split ? [row.candidate, `against ${row.baseline}`] : [oneLine(row)],
          note,
        })),
        pitch,
      ),
      ...sideWords(axis, panels.panelWidth, lower),
      ...marks,
    ],
    xLabel: `Change of the ${lower ? title.toLowerCase() : "output speed"} (%)`,
    yLabel: "",
  };
}

const oneLine = ({ candidate, baseline }: PairedDifference) => `${candidate} against ${baseline}`;

/** Above the field, at both sides of no change: what that side means. */
function sideWords(axis: Axis, width: number, lower: boolean): Plot.Markish[] {
  const zero = along(axis, 1, width);
  const [left, right] = lower ? ["first one faster (better)", "first one slower (worse)"] : [
    "first one slower (worse)",
    "first one faster (better)",
  ];
  const margin = 8;
  const place = (text: string, x: number, textAnchor: "start" | "end") =>
    Plot.text([0], {
      ...{ fx: [0], fy: [0], text: [text], fontSize, textAnchor, dx: x, dy: -9 },
      ...{ frameAnchor: "top-left" as const, lineAnchor: "middle" as const },
    });
  const leftWidth = textWidth(left!, fontSize);
  const rightWidth = textWidth(right!, fontSize);
  return [
    zero - margin >= leftWidth ? place(left!, zero - margin, "end") : place(left!, 0, "start"),
    zero + margin + rightWidth <= width ? place(right!, zero + margin, "start") : place(right!, width, "end"),
  ];
}

function axisMarks(axis: Axis): Plot.Markish[] {
  const ticks = [...axis.ticks];
  return [
    Plot.gridX(ticks, { stroke: "currentColor", strokeOpacity: 0.12 }),
    Plot.axisX(ticks, { text: ticks.map(showChangeTick), label: null, tickSize: 4, fontSize: fontSize - 1 }),
  ];
}

function noteOf({ change, pairs, verdict }: PairedDifference): string {
  const count = `${showNumber(pairs, 9)} pairs`;
  if (change.value === null || verdict === "not enough data") return `not enough data, ${count}`;
  return `${showChange(change.value)} (${plainInterval(change, showChange)}), ${count}`;
}

function aboutPair(
  { baseline, candidate, figure, change, difference, wins, pairs, prompts, verdict }: PairedDifference,
) {
  const { title, unit } = studyFigureKinds[figure];
  return [
    `${candidate} against ${baseline}`,
    `${title}: ${verdict}`,
    change.value === null
      ? ""
      : `change ${showChange(change.value)} (95 %: ${plainInterval(change, showChange)})`,
    difference.value === null ? "" : `median difference ${showNumber(difference.value)} ${unit}`,
    wins.value === null ? "" : `did better in ${showNumber(wins.value * 100)} % of the pairs`,
    `${showNumber(pairs, 9)} pairs on ${showNumber(prompts, 9)} prompts`,
  ].filter((line) => line !== "").join("\n");
}
