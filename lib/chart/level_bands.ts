/** Load levels as bands over the time of a run. */

import * as Plot from "@observablehq/plot";
import type { TimeLevel } from "../analyze/mod.ts";
import { showLoad } from "../core/mod.ts";
import type { Axis } from "./axis.ts";
import { overMarks } from "./labels.ts";
import { fontSize, type Panels } from "./panels.ts";
import type { Look } from "./series.ts";
import { textWidth } from "./text_width.ts";

const timeUnits = [{ name: "s", s: 1 }, { name: "min", s: 60 }, { name: "h", s: 3600 }] as const;

export type TimeUnit = (typeof timeUnits)[number];

/** Pixels that a symbol at the top of a band needs. */
const leastBand = 12;
/** Above so many levels their bands have no edges: they would hide the rest. */
const mostEdges = 60;

/** The unit in which the time of a run of that length is read. */
export function timeUnit(duration_s: number): TimeUnit {
  return timeUnits.findLast(({ s }) => duration_s >= 3 * s) ?? timeUnits[0];
}

/** Every level in the colour of its experiment, over the whole height of the only panel; `second`: seconds of the axis' unit. */
export function levelBands(
  levels: readonly TimeLevel[],
  key: readonly Look[],
  second: number,
  [low, high]: readonly [number, number],
): Plot.Markish[] {
  return key.map(({ name, colour }) =>
    Plot.rect(
      levels.filter(({ experiment_name }) => experiment_name === name).map(({ from_s, to_s }) => ({
        ...{ fx: 0, fy: 0 },
        x1: from_s / second,
        x2: to_s / second,
      })),
      {
        ...{ fx: "fx", fy: "fy", x1: "x1", x2: "x2", y1: low, y2: high },
        fill: colour,
        fillOpacity: 0.16,
        stroke: colour,
        strokeOpacity: levels.length > mostEdges ? 0 : 0.4,
        strokeWidth: 0.8,
      },
    )
  );
}

/**
 * At the top of each band its symbol, with the load where there is room; bands of one experiment in a row that are too narrow for
 * that share a symbol.
 */
export function levelLabels(
  levels: readonly TimeLevel[],
  { panelWidth }: Panels,
  time: Axis,
  second: number,
  key: readonly Look[],
): Plot.Markish[] {
  const size = fontSize - 2;
  const pixel = (at_s: number) => at_s / second / time.domain[1] * panelWidth;
  const narrow =
    levels.filter(({ from_s, to_s }) => pixel(to_s - from_s) < leastBand).length > levels.length / 2;
  let free = 0;
  return (narrow ? stretches(levels) : levels).flatMap((level): Plot.Markish[] => {
    const look = key.find(({ name }) => name === level.experiment_name);
    const [left, right] = [Math.max(free, pixel(level.from_s)), pixel(level.to_s)];
    const text = showLoad(level);
    const room = right - left;
    if (look === undefined || room < leastBand) return [];
    free = right;
    const x = [(left + right) / 2 / panelWidth * time.domain[1]];
    const words = !narrow && room >= 20 + textWidth(text, size);
    const at = { fx: [0], fy: [0], x, frameAnchor: "top" as const };
    const dx = words ? -textWidth(text, size) / 2 - 1 : 0;
    return [
      Plot.dot([0], { ...at, dy: 10, dx, symbol: look.symbol, r: 4, fill: look.colour }),
      ...(words ? [Plot.text([0], { ...at, dy: 5, dx: 6, text: [text], fontSize: size, ...overMarks })] : []),
    ];
  });
}

/** Levels of one experiment that follow each other, as one. */
function stretches(levels: readonly TimeLevel[]): TimeLevel[] {
  const joined: TimeLevel[] = [];
  for (const level of levels) {
    const before = joined.at(-1);
    if (before?.experiment_name !== level.experiment_name) joined.push(level);
    else joined[joined.length - 1] = { ...before, to_s: Math.max(before.to_s, level.to_s) };
  }
  return joined;
}
