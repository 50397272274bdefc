/** Ending JupyterLab from the terminal it was started in. */

import assert from "node:assert/strict";
import type { Lab } from "../lab.ts";

/** The kernels of the copy, as the system lists them. */
async function kernelsOf(lab: Lab): Promise<string[]> {
  const { stdout } = await new Deno.Command("ps", { args: ["-eo", "args"] }).output();
  return new TextDecoder().decode(stdout).split("\n")
    .filter((line) => line.includes("jupyter --kernel") && line.includes(lab.copy.root));
}

/** Nothing that JupyterLab started stays behind. The last scenario: JupyterLab is gone after it. */
export async function ctrlC(lab: Lab): Promise<void> {
  const notebook = await lab.open("notebooks/0_setup.ipynb");
  assert.equal((await kernelsOf(lab)).length, 1);
  await notebook.close();
  assert.equal(await lab.interrupt(), 0);
  assert.deepEqual(await kernelsOf(lab), []);
}
