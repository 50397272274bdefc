/** From Plot's options to one SVG text: the paper, the key, the axes' names, the blocks one below the other. */

import * as Plot from "@observablehq/plot";
import { JSDOM } from "jsdom";
import type { Look } from "./series.ts";
import { chartWidth, fontSize, type Panels, panelScales } from "./panels.ts";
import { fitText, textWidth } from "./text_width.ts";

/** Arimo is shipped with the report; the others have its widths, or stand in for letters that it lacks. */
const fontFamily = "Arimo, 'Liberation Sans', Arial, Helvetica, sans-serif";

/** A grid of panels that share their axes. */
export interface Block {
  readonly panels: Panels;
  readonly options: Plot.PlotOptions;
  readonly marks: readonly Plot.Markish[];
  /** Empty: it has none (see `xNamed` of the panels). */
  readonly xLabel: string;
  readonly yLabel: string;
  /** A remark at the right, above the panels: a budget that lies beyond the axis. */
  readonly remark?: string | null;
}

export interface Drawing {
  /** Begins every id in the SVG, so that several charts can share one page. */
  readonly name: string;
  readonly title: string;
  readonly key: readonly Look[];
  /** What the key's names are: `Experiment`. */
  readonly keyTitle: string;
  /** Whether the key shows a piece of line behind each symbol. */
  readonly keyLines?: boolean;
  /** Pixels that a name of the key may take. Default 340. */
  readonly keyWidth?: number;
  readonly blocks: readonly Block[];
}

let page: JSDOM | null = null;

/** The one document of this process: the first costs half a second. */
function theWindow(): JSDOM["window"] {
  page ??= new JSDOM("");
  return page.window;
}

const style = `
.fmb-chart text { white-space: pre; }
@media screen and (prefers-color-scheme: dark) {
  .fmb-chart { color: #e3e6ea; }
  .fmb-chart .fmb-paper { fill: #16191d; }
  .fmb-chart .fmb-halo { stroke: #16191d; }
  .fmb-chart .fmb-budget { fill: #ff8078; }
  .fmb-chart :is([aria-label="dot"], [aria-label="line"], [aria-label="rule"], [aria-label="link"]) {
    filter: brightness(1.45);
  }
}`;

/** Draws the blocks one below the other under a key. The SVG depends on nothing but the arguments. */
export function draw(drawing: Drawing): string {
  const { document, XMLSerializer } = theWindow();
  const element = (name: string, attributes: Record<string, string | number>) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
    return made;
  };
  const write = (text: string, attributes: Record<string, string | number>) => {
    const made = element("text", attributes);
    made.textContent = text;
    return made;
  };

  const root = element("svg", {
    class: "fmb-chart",
    role: "img",
    "aria-label": drawing.title,
    "font-family": fontFamily,
    "font-size": fontSize,
    fill: "currentColor",
    color: "#1c2024",
    width: chartWidth,
  });
  const rules = element("style", {});
  rules.textContent = style;
  const background = element("rect", { class: "fmb-paper", fill: "#ffffff", width: "100%", height: "100%" });
  root.append(rules, background);

  const plotted = (options: Plot.PlotOptions, top: number) => {
    const svg = Plot.plot({ ...options, document, className: "fmb-plot", style: { fontFamily } });
    for (const found of [...svg.querySelectorAll("style")]) found.remove();
    const group = element("g", { transform: `translate(0,${top})`, "text-anchor": "middle" });
    group.append(...svg.childNodes);
    root.append(group);
  };

  const key = layKey(drawing);
  if (key.height > 0) plotted(key.options, 0);
  let top = key.height;
  for (const { panels, options, marks, xLabel, yLabel, remark } of drawing.blocks) {
    plotted({ ...panelScales(panels), ...options, marks: [...marks] }, top);
    root.append(write(yLabel, { x: 8, y: top + 15, "text-anchor": "start" }));
    if (remark) {
      root.append(write(remark, { x: chartWidth - panels.margin.right, y: top + 15, "text-anchor": "end" }));
    }
    if (xLabel === "") {
      top += panels.height;
      continue;
    }
    const middle = (panels.margin.left + chartWidth - panels.margin.right) / 2;
    root.append(write(xLabel, { x: middle, y: top + panels.height - 8, "text-anchor": "middle" }));
    top += panels.height + 8;
  }
  root.setAttribute("height", String(top));
  root.setAttribute("viewBox", `0 0 ${chartWidth} ${top}`);
  return ownIds(legal(new XMLSerializer().serializeToString(root)), drawing.name);
}

/** Without the characters that XML does not have, so that a name with one does not make the picture unreadable. */
function legal(xml: string): string {
  // deno-lint-ignore no-control-regex
  return xml.toWellFormed().replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, "\ufffd");
}

/** The key: symbol and name of each series, flowing into as many rows as it takes. */
function layKey(
  { key, keyTitle, keyLines = false, keyWidth = 340 }: Drawing,
): { height: number; options: Plot.PlotOptions } {
  const rowHeight = 20;
  let x = 8;
  let y = 18;
  const marks: Plot.Markish[] = [];
  const words = (text: string, bold = false) => {
    const at = { x: [x], y: [y], text: [text], textAnchor: "start" as const, fontSize };
    marks.push(Plot.text([text], bold ? { ...at, fontWeight: "bold" } : at));
    x += textWidth(text, fontSize, bold);
  };
  words(keyTitle, true);
  x += 14;
  for (const { colour, symbol, dash, ...look } of key) {
    const name = fitText(look.name, keyWidth, fontSize);
    const room = (keyLines ? 30 : 14) + textWidth(name, fontSize);
    if (x + room > chartWidth - 8) [x, y] = [24, y + rowHeight];
    const centre = x + (keyLines ? 12 : 5);
    if (keyLines) {
      marks.push(Plot.link([0], {
        x1: [x],
        x2: [x + 24],
        y1: [y],
        y2: [y],
        stroke: colour,
        strokeWidth: 1.8,
        strokeDasharray: dash,
      }));
    }
    marks.push(Plot.dot([0], { x: [centre], y: [y], symbol, r: 4.5, fill: colour }));
    x += keyLines ? 30 : 14;
    words(name);
    x += 20;
  }
  const height = key.length === 0 ? 0 : y + 12;
  const identity = { type: "identity", axis: null } as const;
  return {
    height,
    options: { width: chartWidth, height: height || 1, margin: 0, x: identity, y: identity, marks },
  };
}

/** Plot numbers its clips and the like by a counter of the process: here they count from 1 in each chart. */
function ownIds(svg: string, name: string): string {
  const seen = new Map<string, string>();
  for (const [, id] of svg.matchAll(/\sid="([^"]+)"/g)) seen.set(id!, `${name}-${seen.size + 1}`);
  let result = svg;
  for (const [id, own] of seen) {
    result = result.replaceAll(`id="${id}"`, `id="${own}"`).replaceAll(`#${id})`, `#${own})`);
  }
  return result;
}
