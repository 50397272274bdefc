/** A step whose predecessor is missing, opened by hand. */

import assert from "node:assert/strict";
import type { Lab } from "../lab.ts";
import { type CodeCell, errorsOf } from "../notebook_page.ts";
import { openSetup } from "./first_steps.ts";

const notOpen = "UserError: This step is not open: its first code cell has not run or has failed. " +
  "Read the message there, then run that cell again.";

async function runAll(lab: Lab, step: string): Promise<CodeCell[]> {
  const notebook = await lab.open(`notebooks/${step}.ipynb`);
  await notebook.runAll();
  const cells = await notebook.cells();
  await notebook.picture(`missing_${step}`);
  await notebook.close();
  return cells;
}

/** Run All goes on after a failing cell: each later cell must refuse by itself, with one message and nothing else. */
function assertRefused(step: string, cells: readonly CodeCell[], first: RegExp): void {
  const [open, ...later] = cells;
  assert.equal(errorsOf(open!).length, 1, step);
  assert.match(errorsOf(open!)[0]!, first, step);
  for (const cell of later) {
    assert.equal(cell.outputs.length, 1, `${step}: ${cell.source}`);
    assert.deepEqual(errorsOf(cell), [notOpenFor(cell)], `${step}: ${cell.source}`);
  }
}

const notOpenFor = (cell: CodeCell) =>
  /\banalysis\b/.test(cell.source) && !/loadAnalysis/.test(cell.source)
    ? "UserError: There is nothing to analyse yet: the cell with `await loadAnalysis(step)` has not run or has failed. " +
      "Run the notebook from its first cell."
    : notOpen;

/** Without any run each later step names notebook 0; with a run that has only been set up, the one it reads from. */
export async function missingPredecessor(lab: Lab): Promise<void> {
  for (const step of ["1_generate_data", "5_model_metric_analysis"]) {
    assertRefused(
      step,
      await runAll(lab, step),
      /^UserError: Cannot open step ".*": no run has been started by hand; .* Run notebooks\/0_setup\.ipynb first\.$/,
    );
  }
  await openSetup(lab, { name: "predecessor" });
  for (
    const [step, needed] of [
      ["3_run_inference", "1_generate_data"],
      ["4_get_evaluations", "3_run_inference"],
      ["5_model_metric_analysis", "3_run_inference"],
    ] as const
  ) {
    const message = new RegExp(
      `^UserError: Cannot .*: it is pending in run .* Run notebooks/${needed}\\.ipynb first\\.$`,
    );
    assertRefused(step, await runAll(lab, step), message);
  }
}
