import assert from "node:assert/strict";
import { cleanUp } from "../../../lib/pipeline/steps/cleanup.ts";
import { inProject, openStep, start } from "../made_up_project.ts";

Deno.test("a run that created nothing has nothing to remove; called again it says the same", async () => {
  await inProject(async (folder) => {
    const step = openStep("6_cleanup", await start(folder));
    for (let turn = 0; turn < 2; turn++) {
      assert.equal(await cleanUp(step), "This run owns nothing that is left to remove.");
    }
    assert.deepEqual(step.told.log, []);
  });
});

Deno.test("what this version can't remove fails the step, by name", async () => {
  await inProject(async (folder) => {
    const step = openStep("6_cleanup", await start(folder));
    const line = { at: "", event: "created", kind: "moon_base", name: "alpha", id: "1", tags: {} };
    await Deno.writeTextFile(step.run.paths.ledger, JSON.stringify(line) + "\n");
    await assert.rejects(cleanUp(step), /Cannot remove "moon_base alpha"/);
    assert.equal(step.told.failures.length, 1);
  });
});
