/** Charts of a study that have a row for each variant: its name in full width above its marks, so that no name is cut. */

import * as Plot from "@observablehq/plot";
import type { StudyFigures } from "../core/mod.ts";
import { overMarks } from "./labels.ts";
import { fontSize, layPanels, type Panels } from "./panels.ts";
import { type Look, looks } from "./series.ts";
import { fitText, textWidth } from "./text_width.ts";

/** Colour and symbol of every variant, the same in all charts of a study: by its place in the scenario file. */
export function variantLooks({ variants }: Pick<StudyFigures, "variants">): Look[] {
  return looks(variants.map(({ experiment_name }) => experiment_name));
}

/** Pixels that the name of a variant may take in a key: a line of its own where it is long. */
export const variantKeyWidth = 700;

/** What is written above a row's marks. */
export interface RowText {
  /** The first one is bold. */
  readonly lines: readonly string[];
  /** At the right end: figures in words. */
  readonly note: string;
}

/** Pixels of a line of text above the marks of a row. */
export const rowText = 16;

/** The one panel for rows of so many pixels each; a row's place on the vertical scale is in pixels from the top. */
export function layRows(rows: number, pitch: number): Panels {
  return layPanels([""], { panelHeight: rows * pitch + 6, marginLeft: 24, columns: 1, headingLines: 0 });
}

/** Plot's vertical scale of such a panel. */
export function rowScale({ panelHeight }: Panels): Plot.ScaleOptions {
  return { type: "linear", domain: [panelHeight, 0], axis: null };
}

/** Names and notes of the rows, and a thin line between two rows. A name may have several lines. */
export function rowTexts(panels: Panels, rows: readonly RowText[], pitch: number): Plot.Markish[] {
  const inside = 6;
  const all = { fx: 0, fy: 0 };
  const lines = rows.flatMap(({ lines, note }, i) => {
    const noteWidth = note === "" ? 0 : textWidth(note, fontSize) + 14;
    return lines.map((line, k) => ({
      ...all,
      y: i * pitch + 3 + rowText * (k + 0.5),
      text: fitText(
        line.replace(/\s+/g, " "),
        panels.panelWidth - 2 * inside - (k === 0 ? noteWidth : 0),
        fontSize,
        k === 0,
      ),
      bold: k === 0,
    }));
  });
  const notes = rows.map(({ note }, i) => ({ ...all, y: i * pitch + 3 + rowText / 2, text: note }));
  const place = { fx: "fx", fy: "fy", y: "y", text: "text", fontSize, ...overMarks };
  const left = { ...place, frameAnchor: "left" as const, dx: inside };
  return [
    Plot.ruleY(rows.slice(1).map((_, i) => (i + 1) * pitch), {
      stroke: "currentColor",
      strokeOpacity: 0.2,
    }),
    Plot.text(lines.filter(({ bold }) => bold), { ...left, fontWeight: "bold" }),
    Plot.text(lines.filter(({ bold }) => !bold), left),
    Plot.text(notes, { ...place, frameAnchor: "right", dx: -inside }),
  ];
}
