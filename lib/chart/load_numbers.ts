/** The load beside points in a plane, so that a curve can be read from one load to the next. */

import * as Plot from "@observablehq/plot";
import { type CellSummary, loadOf, showLoad } from "../core/mod.ts";
import { alongLine, around, type Obstacle, overMarks, placeTexts, type Wanted } from "./labels.ts";
import { along, type Axis } from "./axis.ts";
import { fontSize, type Panels } from "./panels.ts";
import type { Look } from "./series.ts";

/** A cell as a point of a panel. */
export interface CellPoint {
  readonly fx: number;
  readonly fy: number;
  readonly x: number;
  readonly y: number;
  readonly cell: CellSummary;
  /** Whether it is ringed and named. */
  readonly best: boolean;
  /** What is said where a reader points at it. */
  readonly about: string;
}

/** Above so many points a panel only the ends of each curve have their numbers. */
const mostNumbers = 24;

/** Where a point stands, in pixels of its panel. */
export function pixelOf(point: CellPoint, xAxis: Axis, yAxis: Axis, panels: Panels): Obstacle {
  return {
    fx: point.fx,
    fy: point.fy,
    x: along(xAxis, point.x, panels.panelWidth),
    y: panels.panelHeight - along(yAxis, point.y, panels.panelHeight),
    half: point.best ? 11 : 6,
  };
}

/** What points, ordered by load, and the lines between those of an experiment cover. */
export function curveObstacles(
  points: readonly CellPoint[],
  panels: Panels,
  key: readonly Look[],
  pixel: (point: CellPoint) => Obstacle,
): Obstacle[] {
  return panels.list.flatMap(({ fx, fy }) =>
    key.flatMap(({ name }) => {
      const own = points
        .filter((point) => point.fx === fx && point.fy === fy && point.cell.experiment_name === name)
        .map(pixel);
      return [...own, ...alongLine(own)];
    })
  );
}

/** The marks of an experiment's curve: its line and a symbol a point. */
export function curve({ name, colour, symbol, dash }: Look, points: readonly CellPoint[]): Plot.Markish[] {
  const own = points.filter((point) => point.cell.experiment_name === name);
  const place = { fx: "fx", fy: "fy", x: "x", y: "y" };
  return [
    Plot.line(own, { ...place, stroke: colour, strokeWidth: 1.2, strokeOpacity: 0.7, strokeDasharray: dash }),
    Plot.dot(own, { ...place, symbol, r: 5, fill: colour, title: "about" }),
  ];
}

/** A ring around the best points. */
export function rings(points: readonly CellPoint[]): Plot.Markish {
  return Plot.dot(points.filter(({ best }) => best), {
    fx: "fx",
    fy: "fy",
    x: "x",
    y: "y",
    r: 10,
    stroke: "currentColor",
    strokeWidth: 2,
  });
}

/**
 * The load beside the points where there is room, the best point first; where a panel has over 24 points, only at the ends of
 * each experiment's line.
 */
export function loadNumbers(
  points: readonly CellPoint[],
  panels: Panels,
  obstacles: readonly Obstacle[],
  pixel: (point: CellPoint) => Obstacle,
  bestWord: string,
): Plot.Markish[] {
  const same = (a: CellPoint, b: CellPoint) => a.fx === b.fx && a.fy === b.fy;
  const isEnd = (point: CellPoint) => {
    const loads = points
      .filter((other) => same(other, point) && other.cell.experiment_name === point.cell.experiment_name)
      .map((other) => loadOf(other.cell));
    return [Math.min(...loads), Math.max(...loads)].includes(loadOf(point.cell));
  };
  const wanted = points
    .filter((point) =>
      point.best || isEnd(point) || points.filter((other) => same(other, point)).length <= mostNumbers
    )
    .sort((a, b) => Number(b.best) - Number(a.best))
    .map((point): Wanted<CellPoint> => {
      const { fx, fy, x, y, half } = pixel(point);
      const text = point.best ? `${bestWord} (${showLoad(point.cell)})` : showLoad(point.cell);
      return { fx, fy, text, always: point.best, datum: point, candidates: around(x, y, half) };
    });
  return placeTexts(wanted, obstacles, panels, fontSize - 2).map(({ fx, fy, text, options, datum }) =>
    Plot.text([text], {
      fx: [fx],
      fy: [fy],
      x: [datum.x],
      y: [datum.y],
      text: [text],
      fontSize: fontSize - 2,
      ...overMarks,
      ...options,
    })
  );
}
