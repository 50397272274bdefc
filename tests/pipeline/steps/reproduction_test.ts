import assert from "node:assert/strict";
import { join } from "node:path";
import { sha256 } from "../../../lib/core/mod.ts";
import { reproductionOf } from "../../../lib/pipeline/steps/reproduction.ts";
import { pendingStep, readManifest, withStep, writeManifest } from "../../../lib/run/mod.ts";
import { inProject, openStep, start } from "../made_up_project.ts";

Deno.test("a report names the commands and steps of every run that it rests on, and the hashes of its prompts", async () => {
  await inProject(async (folder) => {
    const sender = await start(folder, { parameters: { key: "value" }, sets: ["load.seed=5"], second: 1 });
    const { paths } = sender.run;
    const times = { started_at: "2026-01-01T00:00:00.000Z", ended_at: "2026-01-01T00:01:00.000Z" };
    const sent = withStep(await readManifest(paths.manifest), "3_run_inference", {
      status: "finished",
      ...times,
    });
    await writeManifest(paths.manifest, sent);
    await Deno.mkdir(paths.prompts, { recursive: true });
    for (const name of ["b.jsonl", "a.jsonl", "tokenizers.json"]) {
      await Deno.writeTextFile(join(paths.prompts, name), name);
    }
    const analysing = await start(folder, { second: 2 });
    const own = await readManifest(analysing.run.paths.manifest);
    const later = { started_at: "2026-01-02T00:00:00.000Z", ended_at: null };
    await writeManifest(analysing.run.paths.manifest, {
      ...own,
      steps: [
        { ...pendingStep("3_run_inference"), status: "skipped", source: paths.root },
        { ...pendingStep("5_model_metric_analysis"), status: "running", ...later },
      ],
    });

    const found = await reproductionOf(openStep("5_model_metric_analysis", analysing), sender.run);
    const [report, requests] = found.runs;
    assert.equal(found.runs.length, 2);
    assert.deepEqual([report!.run_id, report!.part], [`tiny / ${own.run_id}`, "did 5_model_metric_analysis"]);
    assert.deepEqual(report!.command.slice(-2), ["--from", paths.root]);
    assert.deepEqual([requests!.run_id, requests!.part], [`tiny / ${sent.run_id}`, "did 3_run_inference"]);
    assert.deepEqual(requests!.command, [
      ...["deno", "task", "fmbench", "run", "--config-file", join(folder, "c.yml")],
      ...["-A", "key=value", "--set", "load.seed=5"],
    ]);
    assert.equal(requests!.seed, 5);
    assert.deepEqual(Object.keys(requests!.hashes), ["config", "data", "experiments", "load"]);
    assert.deepEqual(found.steps, [
      { name: "3_run_inference", ...times, run_id: sent.run_id },
      { name: "5_model_metric_analysis", ...later, run_id: own.run_id },
    ]);
    assert.deepEqual(found.prompts, [
      { file: "a.jsonl", sha256: sha256("a.jsonl") },
      { file: "b.jsonl", sha256: sha256("b.jsonl") },
    ]);
  });
});

Deno.test("a run whose prompts are not here has no hashes of them", async () => {
  await inProject(async (folder) => {
    const started = await start(folder);
    const { prompts, runs } = await reproductionOf(openStep("5_model_metric_analysis", started), started.run);
    assert.deepEqual(prompts, []);
    assert.deepEqual(runs.map(({ part }) => part), ["did no step of this report"]);
  });
});
