/** By hand, the report follows the notebook: whenever the analysis notebook is saved, it is rendered again. */

import { basename, join, resolve } from "node:path";
import { messageOf } from "../core/mod.ts";
import { becomesReport, ensureJupyter, renderReport, reportName } from "../pipeline/mod.ts";
import { notebookFile } from "./kernel.ts";
import type { NotebookStep } from "./step.ts";

const SETTLE_MS = 300;
let watcher: Deno.FsWatcher | null = null;
let rendering: Promise<void> = Promise.resolve();

/**
 * Follows the notebook's file from now on: when it is saved, its executed copy in the run directory and the report are
 * made anew. Only notebooks that become a report are followed: the analysis, and a user's own.
 */
export async function renderOnSave(step: NotebookStep): Promise<void> {
  watcher?.close();
  watcher = null;
  if (!becomesReport(step.name)) return;
  const file = resolve(notebookFile() ?? `${step.name}.ipynb`);
  if (!await Deno.stat(file).then((stat) => stat.isFile, () => false)) return;
  const report = join(step.run.paths.root, `${reportName(step.name)}.md`);
  console.log(`The report is written to ${report} each time you save this notebook (Ctrl+S).`);
  watcher = Deno.watchFs(join(file, ".."));
  void follow(watcher, file, step);
}

async function follow(events: Deno.FsWatcher, file: string, step: NotebookStep): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  for await (const event of events) {
    if (!event.paths.some((path) => basename(path) === basename(file))) continue;
    clearTimeout(timer);
    // One after the other: a slow older rendering must not end after a newer one.
    timer = setTimeout(() => rendering = rendering.then(() => render(file, step)), SETTLE_MS);
  }
}

/** Copies the saved notebook into the run and renders it; a failure is told in the run's log, there is no cell to tell. */
async function render(file: string, step: NotebookStep): Promise<void> {
  try {
    const jupyter = await ensureJupyter("run", (line) => step.log("info", line));
    await Deno.copyFile(file, join(step.run.paths.notebooks, `${step.name}.ipynb`));
    const written = await renderReport(jupyter, step.run, step.name);
    step.log("info", `${basename(file)} was saved: wrote ${written.join(" and ")}`);
  } catch (error) {
    step.log("error", `the report could not be written: ${messageOf(error)}`);
  }
}
