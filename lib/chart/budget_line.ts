/** How a budget is drawn: a dashed line with its value, or a remark when it lies beyond the axis. */

import * as Plot from "@observablehq/plot";
import { along, type Axis } from "./axis.ts";
import { type Candidate, type Obstacle, overMarks, placeTexts, type Wanted } from "./labels.ts";
import { fontSize, type Panels } from "./panels.ts";

/** A budget on one of the axes, and the words for it. */
export interface BudgetLine {
  readonly axis: Axis;
  readonly label: string;
}

const red = "#c1121f";
const line = { stroke: red, strokeWidth: 1.5, strokeDasharray: "6 4" };
const labelSize = fontSize - 1;

/**
 * The budget lines of all panels, vertical for `x` and horizontal for `y`, each with its label where no mark is. An axis
 * that does not reach its budget gets no line. `covers` is what they cover.
 */
export function budgetLines(
  panels: Panels,
  { x, y }: { readonly x?: BudgetLine; readonly y?: BudgetLine },
  obstacles: readonly Obstacle[],
): { readonly marks: Plot.Markish[]; readonly covers: Obstacle[] } {
  const { panelWidth, panelHeight } = panels;
  const lines: Plot.Markish[] = [];
  const wanted: Wanted<"x" | "y">[] = [];
  const rules: Obstacle[] = [];
  const cover = (fx: number, fy: number, points: { x: number; y: number }[]) =>
    rules.push(...points.map((point) => ({ fx, fy, ...point, half: 1 })));
  if (y && y.axis.budget !== null) {
    lines.push(Plot.ruleY([y.axis.budget], line));
    const height = panelHeight - along(y.axis, y.axis.budget, panelHeight);
    for (const { fx, fy } of panels.list) {
      wanted.push({
        fx,
        fy,
        text: y.label,
        always: true,
        datum: "y",
        candidates: besideHorizontal(height, panelWidth),
      });
      cover(fx, fy, steps(panelWidth).map((at) => ({ x: at, y: height })));
    }
  }
  if (x && x.axis.budget !== null) {
    lines.push(Plot.ruleX([x.axis.budget], line));
    const across = along(x.axis, x.axis.budget, panelWidth);
    for (const { fx, fy } of panels.list) {
      wanted.push({
        fx,
        fy,
        text: x.label,
        always: true,
        datum: "x",
        candidates: besideVertical(across, panelHeight),
      });
      cover(fx, fy, steps(panelHeight).map((at) => ({ x: across, y: at })));
    }
  }
  const placed = placeTexts(wanted, [...obstacles, ...rules], panels, labelSize);
  const labels = placed.map(({ fx, fy, text, options, datum }) => {
    const position = datum === "x" ? { x: [x!.axis.budget] } : { y: [y!.axis.budget] };
    return Plot.text([text], {
      fx: [fx],
      fy: [fy],
      text: [text],
      fontSize: labelSize,
      ...overMarks,
      className: `${overMarks.className} fmb-budget`,
      fill: red,
      ...position,
      ...options,
    });
  });
  return { marks: [...lines, ...labels], covers: [...rules, ...placed.map(({ cover }) => cover)] };
}

function steps(length: number): number[] {
  return Array.from({ length: Math.floor(length / 8) + 1 }, (_, i) => i * 8);
}

function besideHorizontal(height: number, width: number): Candidate[] {
  const ends = [
    { x: width - 6, options: { frameAnchor: "right", dx: -6, textAnchor: "end" } },
    { x: 6, options: { frameAnchor: "left", dx: 6, textAnchor: "start" } },
    { x: width / 2, options: { frameAnchor: "middle", dx: 0, textAnchor: "middle" } },
  ] as const;
  return ends.flatMap(({ x, options }) =>
    [-9, 9].map((dy) => ({ x, y: height + dy, options: { ...options, dy } }))
  );
}

function besideVertical(across: number, height: number): Candidate[] {
  const heights = [
    ...[12, 28, 44].map((y) => ({ y, frameAnchor: "top", dy: y - labelSize / 2 } as const)),
    ...[12, 28, 44].map((
      up,
    ) => ({ y: height - up, frameAnchor: "bottom", dy: -up + labelSize / 2 } as const)),
    ...[0, -16, 16, -32, 32].map((dy) => ({ y: height / 2 + dy, frameAnchor: "middle", dy } as const)),
  ];
  const sides = [{ dx: 6, textAnchor: "start" }, { dx: -6, textAnchor: "end" }] as const;
  return heights.flatMap(({ y, frameAnchor, dy }) =>
    sides.map(({ dx, textAnchor }) => ({ x: across + dx, y, options: { frameAnchor, dx, dy, textAnchor } }))
  );
}

/** What is said where the budget can't be drawn. */
export function budgetRemark(axis: Axis, budget: number | null, label: string): string | null {
  if (budget === null || axis.budget !== null) return null;
  return `${label} lies ${budget > axis.domain[1] ? "above" : "below"} the figures`;
}
