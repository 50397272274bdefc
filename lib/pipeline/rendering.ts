/** `report.md` and `report.html`: the executed analysis notebook as nbconvert renders it, code hidden. */

import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isStepName, studyStep } from "../core/mod.ts";
import type { Run } from "../run/mod.ts";
import { type Jupyter, runJupyter } from "./python.ts";

const config = fileURLToPath(new URL("./nbconvert/report.py", import.meta.url));
const ANALYSIS = "5_model_metric_analysis";

/** Whether a notebook is rendered as a report: the shipped analysis, and a user's own notebooks. */
export function becomesReport(notebook: string): boolean {
  return notebook === ANALYSIS || !isStepName(notebook);
}

/**
 * Name of the report that a notebook becomes: `report` for the shipped analysis and for that of a study, `report-<name>` for a
 * user's own.
 */
export function reportName(notebook: string): string {
  return notebook === ANALYSIS || notebook === studyStep ? "report" : `report-${notebook}`;
}

/**
 * Renders an executed notebook of a run to Markdown and to one self-contained HTML file beside each other.
 *
 * @returns the paths of both files
 * @throws {StepError} if nbconvert fails
 */
export async function renderReport(jupyter: Jupyter, run: Run, notebook: string): Promise<string[]> {
  const source = join(run.paths.notebooks, `${basename(notebook)}.ipynb`);
  const name = reportName(notebook);
  await Promise.all((["markdown", "html"] as const).map((format) =>
    runJupyter(jupyter, [
      ...["nbconvert", "--config", config, "--to", format],
      ...["--output-dir", run.paths.root, "--output", name, source],
    ], "render the report from")
  ));
  return [join(run.paths.root, `${name}.md`), join(run.paths.root, `${name}.html`)];
}
