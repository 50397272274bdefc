import assert from "node:assert/strict";
import { UserError } from "../../../lib/core/mod.ts";
import { bringPrompts } from "../../../lib/pipeline/steps/prompts.ts";
import { inProject, mark, only, openStep, start } from "../made_up_project.ts";

Deno.test("the prompts of the run that stands in for step 1 are copied", async () => {
  await inProject(async (folder) => {
    const first = await start(folder, { second: 1 });
    await Deno.writeTextFile(`${first.run.paths.prompts}/short.jsonl`, "payloads\n");
    await mark(first.run, { status: "finished" }, "1_generate_data", "2_deploy_model");
    const step = openStep("3_run_inference", await start(folder, { sets: only(3), second: 2 }));
    await bringPrompts(step);
    assert.equal(await Deno.readTextFile(`${step.run.paths.prompts}/short.jsonl`), "payloads\n");
  });
});

Deno.test("the run's own prompts are left as they are", async () => {
  await inProject(async (folder) => {
    const step = openStep("3_run_inference", await start(folder));
    await Deno.writeTextFile(`${step.run.paths.prompts}/short.jsonl`, "own\n");
    await mark(step.run, { status: "finished" }, "1_generate_data");
    await bringPrompts(step);
    assert.equal(await Deno.readTextFile(`${step.run.paths.prompts}/short.jsonl`), "own\n");
  });
});

Deno.test("without prompts the notebook that makes them is named", async () => {
  await inProject(async (folder) => {
    const step = openStep("3_run_inference", await start(folder));
    await assert.rejects(
      bringPrompts(step),
      (error) =>
        error instanceof UserError && error.message.endsWith("Run notebooks/1_generate_data.ipynb first."),
    );
  });
});
