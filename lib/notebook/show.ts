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
    if (typeof value === "string") await display({ "text/markdown": value });
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
  await display({ "text/markdown": `*${chart.caption}*` });
}
