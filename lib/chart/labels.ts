/** Texts inside panels, placed so that none covers a mark or another text. */

import * as Plot from "@observablehq/plot";
import type { Panels } from "./panels.ts";
import { textWidth } from "./text_width.ts";

/** Something drawn, in pixels from its panel's top left corner: no text may lie on it. */
export interface Obstacle {
  readonly fx: number;
  readonly fy: number;
  readonly x: number;
  readonly y: number;
  /** Half its height, and half its width unless `halfWidth` says otherwise. */
  readonly half: number;
  readonly halfWidth?: number;
}

/** A place that a text could have: the pixels of its anchor, and Plot's options that put it there. */
export interface Candidate {
  readonly x: number;
  readonly y: number;
  readonly options: Plot.TextOptions & { readonly textAnchor: "start" | "middle" | "end" };
}

/** A text that wants a place. */
export interface Wanted<T> {
  readonly fx: number;
  readonly fy: number;
  readonly text: string;
  readonly candidates: readonly Candidate[];
  /** Whether it is drawn even where no candidate is free. */
  readonly always: boolean;
  /** Handed through. */
  readonly datum: T;
}

/** A text with its place. */
export interface Placed<T> {
  readonly fx: number;
  readonly fy: number;
  readonly text: string;
  readonly options: Candidate["options"];
  readonly datum: T;
  /** What it covers, so that later marks keep clear of it. */
  readonly cover: Obstacle;
}

interface Box {
  readonly fx: number;
  readonly fy: number;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Class of texts that may lie over lines: outlined in the colour of the paper. */
export const overMarks = { className: "fmb-halo", stroke: "#ffffff", strokeWidth: 3, fill: "currentColor" };

function meet(a: Box, b: Box): boolean {
  return a.fx === b.fx && a.fy === b.fy && a.right > b.left && b.right > a.left && a.bottom > b.top &&
    b.bottom > a.top;
}

/**
 * Gives each text the first of its candidates that lies inside its panel, clear of all obstacles and of the texts before
 * it. Where there is none, it is left out; one that must be drawn takes the first candidate clear of other texts.
 */
export function placeTexts<T>(
  wanted: readonly Wanted<T>[],
  obstacles: readonly Obstacle[],
  panels: Panels,
  fontSize: number,
): Placed<T>[] {
  const marks = obstacles.map(({ fx, fy, x, y, half, halfWidth = half }): Box => ({
    fx,
    fy,
    left: x - halfWidth,
    right: x + halfWidth,
    top: y - half,
    bottom: y + half,
  }));
  const texts: Box[] = [];
  return wanted.flatMap(({ fx, fy, text, candidates, always, datum }) => {
    const width = textWidth(text, fontSize) + 2;
    const boxes = candidates.map(({ x, y, options: { textAnchor } }): Box => {
      const left = x - (textAnchor === "start" ? 0 : textAnchor === "end" ? width : width / 2);
      return { fx, fy, left, right: left + width, top: y - fontSize / 2, bottom: y + fontSize / 2 };
    });
    const inside = (box: Box) =>
      box.left >= 1 && box.top >= 1 && box.right <= panels.panelWidth - 1 &&
      box.bottom <= panels.panelHeight - 1;
    const clear = (box: Box, of: readonly Box[]) => of.every((other) => !meet(box, other));
    let choice = boxes.findIndex((box) => inside(box) && clear(box, texts) && clear(box, marks));
    if (choice < 0 && always) {
      choice = Math.max(
        0,
        boxes.findIndex((box) => inside(box) && clear(box, texts)),
      );
    }
    if (choice < 0) return [];
    const box = boxes[choice]!;
    texts.push(box);
    const cover = {
      fx,
      fy,
      x: (box.left + box.right) / 2,
      y: (box.top + box.bottom) / 2,
      half: fontSize / 2,
      halfWidth: width / 2,
    };
    return [{ fx, fy, text, options: candidates[choice]!.options, datum, cover }];
  });
}

/** The places around a point, nearest first; `gap` is the point's half width. */
export function around(x: number, y: number, gap: number): Candidate[] {
  const [beside, above, slant] = [gap + 3, gap + 7, gap + 2];
  const at = (dx: number, dy: number, textAnchor: "start" | "middle" | "end"): Candidate => ({
    x: x + dx,
    y: y + dy,
    options: { dx, dy, textAnchor },
  });
  return [
    at(0, -above, "middle"),
    at(beside, 0, "start"),
    at(-beside, 0, "end"),
    at(0, above, "middle"),
    at(slant, -slant - 3, "start"),
    at(-slant, -slant - 3, "end"),
    at(slant, slant + 3, "start"),
    at(-slant, slant + 3, "end"),
  ];
}

/** Obstacles along the straight lines that join some points of one panel. */
export function alongLine(points: readonly Obstacle[]): Obstacle[] {
  return points.slice(1).flatMap((to, i) => {
    const from = points[i]!;
    const steps = Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / 6);
    return Array.from({ length: Math.max(0, steps - 1) }, (_, k) => {
      const part = (k + 1) / steps;
      return { ...from, x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part, half: 2 };
    });
  });
}
