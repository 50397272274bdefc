import assert from "node:assert/strict";
import { join } from "node:path";
import { runSteps } from "../../lib/pipeline/runner.ts";
import { quietDisplay } from "../../lib/pipeline/run_display.ts";
import { inProject, load, only } from "./made_up_project.ts";

/** Runs the folder's config with these steps. */
async function run(folder: string, sets: readonly string[]) {
  const loaded = await load(folder, { sets });
  return await runSteps({
    loaded,
    load: { sets },
    resultsDir: join(folder, "results"),
    from: null,
    display: quietDisplay,
    silenceSeconds: 60,
    signal: new AbortController().signal,
  });
}

Deno.test("a notebook that is missing is told before anything is created", async () => {
  await inProject(async (folder) => {
    await Deno.writeTextFile(join(folder, "mine.ipynb"), "{}");
    const work = run(folder, [...only(6), "run_steps.mine=yes"]);
    await assert.rejects(work, /"[^"]*mine\.ipynb": it lies outside the project/);
    await assert.rejects(Deno.stat(join(folder, "results")), Deno.errors.NotFound);
  });
});

Deno.test("a step whose input is nowhere is told before anything is created", async () => {
  await inProject(async (folder) => {
    await assert.rejects(run(folder, only(5)), /Cannot leave out step "3_run_inference"/);
    await assert.rejects(Deno.stat(join(folder, "results")), Deno.errors.NotFound);
  });
});
