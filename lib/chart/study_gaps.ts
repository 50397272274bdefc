/** What interrupted a study, shaded and named over the time of a chart. */

import * as Plot from "@observablehq/plot";
import { showDuration, type StudyGap } from "../core/mod.ts";
import { along, type Axis } from "./axis.ts";
import { fontSize, type Panel, type Panels } from "./panels.ts";
import { showTime } from "./study_wording.ts";
import { textWidth } from "./text_width.ts";

const names: Readonly<Record<StudyGap["kind"], string>> = {
  sleep: "machine slept",
  clock_step: "clock set",
  network: "no network",
  credentials: "keys ended",
  restart: "restart",
};

/** Least pixels of a gap: it must be seen even in a study of weeks. */
const leastWidth = 3;

/** A gap on a time axis. */
export interface PlacedGap {
  readonly from: number;
  readonly until: number;
  readonly name: string;
  readonly about: string;
  /** In which line above the panel its name stands, from 0 at the bottom; null: there is no room for it. */
  readonly line: number | null;
}

/** The gaps with a place for their names in so many lines above a panel; one that is not over lasts to the end of the axis. */
export function placeGaps(gaps: readonly StudyGap[], axis: Axis, width: number, lines: number): PlacedGap[] {
  const free = Array.from({ length: lines }, () => 0);
  const least = leastWidth / width * (axis.domain[1] - axis.domain[0]);
  return [...gaps].sort((a, b) => Date.parse(a.from_at) - Date.parse(b.from_at)).map((gap) => {
    const from = Math.max(axis.domain[0], Math.min(axis.domain[1] - least, Date.parse(gap.from_at)));
    const end = gap.kind === "clock_step"
      ? from
      : gap.until_at === null
      ? axis.domain[1]
      : Date.parse(gap.until_at);
    const until = Math.min(axis.domain[1], Math.max(end, from + least));
    const name = names[gap.kind];
    const half = textWidth(name, fontSize - 1) / 2;
    const middle = (along(axis, from, width) + along(axis, until, width)) / 2;
    const line = free.findIndex((edge) => middle - half >= edge);
    if (line >= 0) free[line] = middle + half + 6;
    const long = gap.kind === "clock_step" ? gap.detail : `${showDuration(gap.ms)}: ${gap.detail}`;
    return {
      ...{ from, until, name, line: line < 0 || middle + half > width + 10 ? null : line },
      about: `${name}\n${showTime(Date.parse(gap.from_at))} UTC, ${long}`,
    };
  });
}

/** Bands over the whole height of every panel, and the names above the panels in `named`. */
export function gapMarks(
  gaps: readonly PlacedGap[],
  panels: Panels,
  [low, high]: readonly [number, number],
  named: readonly Panel[] = panels.list,
): Plot.Markish[] {
  const bands = panels.list.flatMap(({ fx, fy }) => gaps.map((gap) => ({ ...gap, fx, fy })));
  const texts = named.flatMap(({ fx, fy }) => gaps.map((gap) => ({ ...gap, fx, fy })));
  const lines = [...new Set(gaps.flatMap(({ line }) => line ?? []))];
  return [
    Plot.rect(bands, {
      ...{ fx: "fx", fy: "fy", x1: "from", x2: "until", y1: low, y2: high },
      ...{ fill: "#8a8f96", fillOpacity: 0.3, title: "about" },
    }),
    ...lines.map((line) =>
      Plot.text(texts.filter((gap) => gap.line === line), {
        ...{ fx: "fx", fy: "fy", x: (gap: PlacedGap) => (gap.from + gap.until) / 2, text: "name" },
        ...{
          frameAnchor: "top" as const,
          lineAnchor: "bottom" as const,
          dy: -4 - 14 * line,
          fontSize: fontSize - 1,
        },
      })
    ),
  ];
}
