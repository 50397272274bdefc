import assert from "node:assert/strict";
import { UserError } from "../../lib/core/mod.ts";
import { writeEndpoints } from "../../lib/deploy/mod.ts";
import { reopenRun } from "../../lib/pipeline/resumption.ts";
import { readManifest, stepEntry, writeManifest } from "../../lib/run/mod.ts";
import { silentListener } from "../deploy/scene.ts";
import { endpoint } from "../load/made_up.ts";
import { inProject, load, mark, only, start, type Started } from "./made_up_project.ts";

const early = ["0_setup", "1_generate_data", "2_deploy_model"];

/** A run that was interrupted in step 3, with endpoints at `url`. */
async function interrupted(folder: string, url: string): Promise<Started> {
  const started = await start(folder);
  const { run } = started;
  await mark(run, { status: "finished" }, ...early);
  await mark(run, { status: "interrupted", error: "stopped" }, "3_run_inference");
  await writeManifest(run.paths.manifest, {
    ...await readManifest(run.paths.manifest),
    status: "interrupted",
  });
  await writeEndpoints(run.paths.root, [endpoint({ experiment_name: "one", url, simulated: false })]);
  return started;
}

Deno.test("the steps that are not finished are to be done, and the run goes on", async () => {
  const alive = silentListener();
  try {
    await inProject(async (folder) => {
      const { run, loaded } = await interrupted(folder, alive.url);
      const reopened = await reopenRun(run.paths.root, loaded);
      assert.equal(reopened.run.id, run.id);
      assert.deepEqual(reopened.steps, [
        ...["3_run_inference", "4_get_evaluations", "5_model_metric_analysis", "6_cleanup"],
      ]);
      const manifest = await readManifest(run.paths.manifest);
      assert.equal(manifest.status, "running");
      const { status, error } = stepEntry(manifest, "3_run_inference")!;
      assert.deepEqual([status, error], ["pending", null]);
      assert.equal(stepEntry(manifest, "2_deploy_model")?.status, "finished");
    });
  } finally {
    alive.close();
  }
});

Deno.test("an endpoint that is gone is made again, as long as requests are missing", async () => {
  const gone = silentListener();
  gone.close();
  await inProject(async (folder) => {
    const { run, loaded } = await interrupted(folder, gone.url);
    assert.deepEqual((await reopenRun(run.paths.root, loaded)).steps.slice(0, 2), [
      ...["2_deploy_model", "3_run_inference"],
    ]);
    await mark(run, { status: "finished" }, "2_deploy_model", "3_run_inference");
    assert.deepEqual((await reopenRun(run.paths.root, loaded)).steps, [
      ...["4_get_evaluations", "5_model_metric_analysis", "6_cleanup"],
    ]);
  });
});

Deno.test("steps that are switched off stay off", async () => {
  await inProject(async (folder) => {
    const { run, loaded } = await start(folder, { sets: only(0, 1, 6) });
    await mark(run, { status: "finished" }, "0_setup");
    assert.deepEqual((await reopenRun(run.paths.root, loaded)).steps, ["1_generate_data", "6_cleanup"]);
  });
});

Deno.test("a run that is finished, that still runs, or whose inputs have changed is refused and left as it is", async () => {
  await inProject(async (folder) => {
    const { run, loaded } = await start(folder);
    const before = await Deno.readTextFile(run.paths.manifest);
    const refused = async (message: RegExp, other = loaded) => {
      await assert.rejects(reopenRun(run.paths.root, other), (error) => {
        assert.ok(error instanceof UserError);
        assert.match(error.message, message);
        return true;
      });
    };
    await refused(/the config's load changed since/, await load(folder, { sets: ["load.requests=9"] }));
    await Deno.writeTextFile(run.paths.lock, JSON.stringify({ pid: Deno.pid, step: "0_setup", since: "" }));
    await refused(new RegExp(`step 0_setup is still running \\(process ${Deno.pid}\\)`));
    await Deno.remove(run.paths.lock);
    assert.equal(await Deno.readTextFile(run.paths.manifest), before);
    await mark(run, { status: "finished" }, ...early, "3_run_inference", "4_get_evaluations");
    await mark(run, { status: "finished" }, "5_model_metric_analysis", "6_cleanup");
    await refused(/all its steps are finished\. To analyse it again: `fmbench report RUN`/);
  });
});

Deno.test("a budget that was changed meanwhile is no reason to start anew", async () => {
  await inProject(async (folder) => {
    const { run } = await start(folder);
    const changed = await load(folder, { sets: ["report.latency_budget=9"] });
    assert.equal((await reopenRun(run.paths.root, changed)).steps.length, 7);
  });
});
