/** The stop button during the load. */

import assert from "node:assert/strict";
import type { Lab } from "../lab.ts";
import { errorsOf, textOf } from "../notebook_page.ts";
import { manifestOf, requestsOf, runsOf, statusOf } from "../run_folder.ts";
import { runWhole, setUpAndDeploy } from "./first_steps.ts";

const STEP = "3_run_inference";
/** Code cells of the notebook once a cell has been added below the first one. */
const added = 1, sending = 4;

/** The cell ends at once, says what happened, nothing in memory or on disk is lost, and the step can be run again. */
export async function stopButton(lab: Lab): Promise<void> {
  const run = await setUpAndDeploy(lab, { name: "stopped", requests: 120 });
  const notebook = await lab.open(`notebooks/${STEP}.ipynb`);
  await notebook.addBelow(0, "const kept = step.config.load.requests! + 2;");
  const ended = notebook.runAll();
  await notebook.page.locator("progress").waitFor();
  await notebook.page.waitForTimeout(3000);
  const took_ms = await notebook.stop(sending);
  await ended;
  await notebook.picture("stopped");
  console.log(`the cell ended ${Math.round(took_ms)} ms after the stop button`);
  assert.ok(took_ms < 2000, `${took_ms} ms`);

  const cells = await notebook.cells();
  assert.equal(errorsOf(cells[sending]!).length, 1);
  assert.match(
    errorsOf(cells[sending]!)[0]!,
    /^Interrupted: The load was stopped: 244 planned = \d+ ok \+ 0 errors \+ \d+ cancelled \+ \d+ pending\. Everything so far is kept\.$/,
  );
  assert.deepEqual(errorsOf(cells.at(-1)!), [
    `UserError: Cannot finish step "${STEP}": it was interrupted. Run this notebook again from its first code cell.`,
  ]);
  assert.equal(await statusOf(run, STEP), "interrupted");
  const records = await requestsOf(run);
  assert.doesNotMatch(textOf(cells[sending]!), / left/, "a stopped load has no time left");
  const ok = Number(/(\d+) ok/.exec(errorsOf(cells[sending]!)[0]!)![1]);
  assert.ok(ok > 0);
  assert.equal(records.filter(({ status }) => status === "ok").length, ok);

  await notebook.addBelow(added, "kept");
  assert.match(textOf(await notebook.run(added + 1)), /122/);
  assert.equal((await notebook.cells())[0]!.execution_count, 1, "the kernel must be the same one");

  await notebook.runAll();
  const again = await notebook.cells();
  for (const cell of again) assert.deepEqual(errorsOf(cell), [], cell.source);
  assert.equal(await statusOf(run, STEP), "finished");
  assert.match(textOf(again.at(-2)!), /244 planned = 244 ok/);
  await notebook.picture("stopped_and_run_again");
  await notebook.close();
  for (const step of ["4_get_evaluations", "5_model_metric_analysis", "6_cleanup"]) {
    await runWhole(lab, `notebooks/${step}.ipynb`);
  }
  const { steps } = await manifestOf(run);
  assert.deepEqual(steps.filter(({ status }) => status !== "finished"), []);
  assert.equal((await runsOf(lab.copy.results, "stopped")).length, 1);
}
