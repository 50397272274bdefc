/** Small multiples: where each panel of a chart stands, in Plot's facets laid out as a grid. */

import * as Plot from "@observablehq/plot";
import { type Axis, showTick } from "./axis.ts";
import { fitText } from "./text_width.ts";

/** Width of every chart in pixels; fits a page of 17 cm at 120 dpi and GitHub's column. */
export const chartWidth = 800;
export const fontSize = 12;

/** One panel: its place in the grid (Plot's `fx` and `fy`) and its heading. */
export interface Panel {
  readonly key: string;
  readonly fx: number;
  readonly fy: number;
  readonly heading: string;
}

/** The grid of panels and the pixels it needs. */
export interface Panels {
  readonly list: readonly Panel[];
  readonly columns: number;
  readonly rows: number;
  readonly panelWidth: number;
  readonly panelHeight: number;
  readonly margin: {
    readonly top: number;
    readonly right: number;
    readonly bottom: number;
    readonly left: number;
  };
  readonly gapX: number;
  readonly gapY: number;
  /** Height of all, margins included. */
  readonly height: number;
}

export interface PanelOptions {
  readonly panelHeight?: number;
  readonly marginLeft?: number;
  /** Lines above each panel. Default 1. */
  readonly headingLines?: number;
  /** Whether there is room for a name of the horizontal axis. Default true. */
  readonly xNamed?: boolean;
  /** Default: one column for one panel, two for up to four, else three. */
  readonly columns?: number;
}

const rightMargin = 16;
const tickRoom = 22;
const labelRoom = 20;

/** Lays out one panel for each key, left to right, then down. */
export function layPanels(keys: readonly string[], options: PanelOptions = {}): Panels {
  const { panelHeight = 230, marginLeft = 58, headingLines = 1, xNamed = true } = options;
  const columns = options.columns ?? (keys.length <= 1 ? 1 : keys.length <= 4 ? 2 : 3);
  const rows = Math.ceil(keys.length / columns);
  const gapX = 28;
  const headingRoom = 10 + 16 * headingLines;
  const gapY = tickRoom + headingRoom + 6;
  const panelWidth = (chartWidth - marginLeft - rightMargin - gapX * (columns - 1)) / columns;
  const margin = {
    top: headingRoom + labelRoom,
    right: rightMargin,
    bottom: tickRoom + (xNamed ? labelRoom : 0),
    left: marginLeft,
  };
  const list = keys.map((key, i) => ({
    key,
    fx: i % columns,
    fy: Math.floor(i / columns),
    heading: fitText(key, panelWidth, fontSize, true),
  }));
  const height = margin.top + rows * panelHeight + (rows - 1) * gapY + margin.bottom;
  return { list, columns, rows, panelWidth, panelHeight, margin, gapX, gapY, height };
}

/** The panel of a key: to be spread into a datum so that it lands there. */
export function panelOf(panels: Panels, key: string): { fx: number; fy: number } {
  const { fx, fy } = panels.list.find((panel) => panel.key === key)!;
  return { fx, fy };
}

/** Plot's options for a grid of panels. */
export function panelScales(panels: Panels): Plot.PlotOptions {
  const band = (count: number, length: number, gap: number) => ({
    domain: Array.from({ length: count }, (_, i) => i),
    paddingInner: count === 1 ? 0 : gap / (length + gap),
    paddingOuter: 0,
    round: false,
    axis: null,
  });
  const { panelWidth, panelHeight, gapX, gapY, margin } = panels;
  return {
    width: chartWidth,
    height: panels.height,
    marginTop: margin.top,
    marginRight: margin.right,
    marginBottom: margin.bottom,
    marginLeft: margin.left,
    fx: band(panels.columns, panelWidth, gapX),
    fy: band(panels.rows, panelHeight, gapY),
  };
}

/** Frame and bold heading of every panel. */
export function panelFrames(panels: Panels, lift = 8): Plot.Markish[] {
  return [
    Plot.text(panels.list as Panel[], {
      fx: "fx",
      fy: "fy",
      text: "heading",
      frameAnchor: "top-left",
      lineAnchor: "bottom",
      dy: -lift,
      fontWeight: "bold",
      fontSize,
    }),
    Plot.frame({ stroke: "currentColor", strokeOpacity: 0.35 }),
  ];
}

/** A second line above every panel, in the order of the panels. */
export function panelRemarks({ list, panelWidth }: Panels, remarks: readonly string[]): Plot.Markish {
  const lines = list.map((panel, i) => ({ ...panel, text: fitText(remarks[i] ?? "", panelWidth, fontSize) }));
  return Plot.text(lines, {
    fx: "fx",
    fy: "fy",
    text: "text",
    frameAnchor: "top-left",
    lineAnchor: "bottom",
    dy: -8,
    fontSize,
  });
}

/** Horizontal grid and tick labels of a numeric vertical axis. */
export function verticalAxis(axis: Axis): Plot.Markish[] {
  const ticks = axis.ticks as number[];
  return [
    Plot.gridY(ticks, { stroke: "currentColor", strokeOpacity: 0.12 }),
    Plot.axisY(ticks, { text: ticks.map(showTick), label: null, tickSize: 4, fontSize: fontSize - 1 }),
  ];
}

/** Vertical grid and tick labels of a numeric horizontal axis, below every panel. */
export function horizontalAxis(axis: Axis): Plot.Markish[] {
  const ticks = axis.ticks as number[];
  return [
    Plot.gridX(ticks, { stroke: "currentColor", strokeOpacity: 0.12 }),
    Plot.axisX(ticks, {
      text: ticks.map(showTick),
      label: null,
      tickSize: 4,
      fontSize: fontSize - 1,
      facetAnchor: null,
    }),
  ];
}
