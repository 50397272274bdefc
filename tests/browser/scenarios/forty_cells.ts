/** Outputs arrive in their own cells, also when the machine is busy. */

import assert from "node:assert/strict";
import type { Lab } from "../lab.ts";
import { type CodeCell, textOf } from "../notebook_page.ts";
import { openSetup } from "./first_steps.ts";

const notebookPath = "tests/testdata/notebooks/forty_cells.ipynb";
/** 14 cells with a log and a display, 13 with a display and a log, 13 with a value. */
const OUTPUTS = 14 * 2 + 13 * 2 + 13;

/** What a cell says it shows: every "<kind> <number>" in its source. */
function wanted({ source }: CodeCell): string[] {
  return [...new Set(source.match(/\b(?:log|display|html|big|value) \d+/g))].sort();
}

function shown({ outputs, ...cell }: CodeCell): string[] {
  return outputs.map((output) =>
    textOf({ ...cell, outputs: [output] }).match(/\b(?:log|display|html|big|value) \d+/)?.[0] ??
      "nothing known"
  ).sort();
}

/** How many outputs one Run All lost to other cells or altogether. */
async function lostInOneRun(lab: Lab, picture: string | null): Promise<number> {
  const notebook = await lab.open(notebookPath);
  await notebook.runAll();
  const cells = (await notebook.cells()).slice(1, -1);
  if (picture !== null) await notebook.picture(picture);
  await notebook.close();
  assert.equal(cells.length, 40);
  assert.equal(cells.flatMap(wanted).length, OUTPUTS);
  for (const cell of cells) assert.notEqual(cell.execution_count, null, cell.source);
  const lost = cells.flatMap((cell) => wanted(cell).filter((text) => !shown(cell).includes(text)));
  const strange = cells.flatMap((cell) => shown(cell).filter((text) => !wanted(cell).includes(text)));
  if (lost.length + strange.length > 0) {
    console.log(`lost: ${lost.join(", ")}; strange: ${strange.join(", ")}`);
  }
  return Math.max(lost.length, strange.length);
}

/** Keeps both cores busy while something is measured. */
async function whileBusy<T>(work: () => Promise<T>): Promise<T> {
  const loops = Array.from(
    { length: navigator.hardwareConcurrency },
    () => new Deno.Command("sh", { args: ["-c", "while :; do :; done"], stdin: "null" }).spawn(),
  );
  try {
    return await work();
  } finally {
    for (const loop of loops) loop.kill("SIGKILL");
    await Promise.all(loops.map(({ status }) => status));
  }
}

/** Runs the fixture once, or five times idle and five times busy. */
export async function fortyCells(lab: Lab, long: boolean): Promise<void> {
  await openSetup(lab, { name: "outputs" });
  const runs = long ? 5 : 1;
  const several = async (picture: string | null) => {
    let lost = 0;
    for (let i = 0; i < runs; i++) lost += await lostInOneRun(lab, i === 0 ? picture : null);
    return lost;
  };
  const idle = await several("forty_cells");
  console.log(`idle: ${idle} of ${runs * OUTPUTS} outputs lost`);
  const busy = long ? await whileBusy(() => several(null)) : 0;
  if (long) console.log(`busy: ${busy} of ${runs * OUTPUTS} outputs lost`);
  assert.equal(idle + busy, 0);
}
