/** Showing things below a cell: Markdown, charts, frames, anything else that the kernel can display. */

import { join } from "node:path";
import type { Chart } from "../chart/mod.ts";
import { escapeMarkdown } from "../core/mod.ts";
import { display, inKernel } from "./kernel.ts";
import { step } from "./step.ts";

/** Whether a value is a chart of `lib/chart`. */
function isChart(value: unknown): value is Chart {
  return typeof value === "object" && value !== null && "svg" in value && "caption" in value;
}

/**
 * Shows each value below the running cell and in the report: a text is Markdown, a chart is drawn (and kept as
 * `charts/<name>.svg` in the run directory), everything else is displayed as the kernel does. A chart that has nothing to
 * draw is null and shows nothing.
 */
export async function show(...values: unknown[]): Promise<void> {
  for (const value of values) {
    if (value === null || value === undefined) continue;
    if (typeof value === "string") await display({ "text/markdown": withoutFormulas(value) });
    else if (isChart(value)) await showChart(value);
    else if (inKernel) await Deno.jupyter.display(value);
  }
}

async function showChart(chart: Chart): Promise<void> {
  const file = `charts/${chart.name}.svg`;
  await Deno.mkdir(step.run.paths.charts, { recursive: true });
  await Deno.writeTextFile(join(step.run.paths.root, file), chart.svg);
  await display({ "text/markdown": `### ${escapeMarkdown(chart.title)}` });
  await display({ "image/svg+xml": chart.svg, "text/plain": chart.title }, {
    metadata: { fmbench: { file, alt: chart.title } },
  });
  await display({ "text/markdown": `*${withoutFormulas(chart.caption)}*` });
}

/** Blocks and spans of code. */
const code = /(?:^|\n)(`{3,})[^`\n]*\n[^]*?\n\1`*[ \t]*(?=\n|$)|(?<![`\\])`[^`\n]+`(?!`)/g;

/**
 * Makes an escaped `\$` or `\\` a sign and nothing more. JupyterLab looks for formulas in the text that it has made of Markdown: it
 * takes what stands between two prices for one, unless each sign is an element of its own. A formula that is written as one
 * stays one.
 */
function withoutFormulas(markdown: string): string {
  const signs = (text: string) => text.replace(/\\[\\$]/g, "<span>$&</span>");
  let [result, end] = ["", 0];
  for (const { 0: found, index } of markdown.matchAll(code)) {
    result += signs(markdown.slice(end, index)) + found;
    end = index + found.length;
  }
  return result + signs(markdown.slice(end));
}
