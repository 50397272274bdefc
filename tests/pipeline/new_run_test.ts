import assert from "node:assert/strict";
import { join } from "node:path";
import { loadConfig } from "../../lib/config/mod.ts";
import { UserError, version } from "../../lib/core/mod.ts";
import { enabledSteps } from "../../lib/pipeline/new_run.ts";
import { readManifest, stepEntry } from "../../lib/run/mod.ts";
import { inProject, load, mark, only, start, tinyConfig } from "./made_up_project.ts";

Deno.test("the manifest says what the run is made of", async () => {
  await inProject(async (folder) => {
    const { run, loaded } = await start(folder, { sets: ["load.seed=7"], second: 5 });
    const manifest = await readManifest(run.paths.manifest);
    assert.match(run.id, /^20260101T000005Z-[0-9a-f]{6}$/);
    assert.equal(run.paths.root, join(folder, "results", "tiny", run.id));
    const { run_id, name, status, created_at, seed, config_file, simulated, sets } = manifest;
    assert.deepEqual({ run_id, name, status, created_at, seed, config_file, simulated, sets }, {
      run_id: run.id,
      name: "tiny",
      status: "running",
      created_at: "2026-01-01T00:00:05.000Z",
      seed: 7,
      config_file: join(folder, "c.yml"),
      simulated: true,
      sets: ["load.seed=7"],
    });
    assert.equal(manifest.versions.fmbench, version);
    assert.equal(manifest.versions.deno, Deno.version.deno);
    assert.equal(manifest.machine.cores, navigator.hardwareConcurrency);
    assert.match(manifest.config_hash, /^[0-9a-f]{64}$/);
    assert.equal(manifest.price_date, loaded.prices.meta.date);
    assert.deepEqual(manifest.steps.map(({ status }) => status), Array(7).fill("pending"));
  });
});

Deno.test("config and prices lie beside it; read again, the config is the same", async () => {
  await inProject(async (folder) => {
    const { run, loaded } = await start(folder, { sets: ["load.requests=5"] });
    const again = await loadConfig(run.paths.config, { env: {}, tmpDir: folder });
    assert.deepEqual(again.config.load, loaded.config.load);
    assert.deepEqual(again.config.experiments, loaded.config.experiments);
    assert.match(await Deno.readTextFile(run.paths.prices), /sim\.small/);
  });
});

Deno.test("a run of endpoints that are all brought is not called simulated", async () => {
  await inProject(async (folder) => {
    const config = tinyConfig.replaceAll(/simulate: .*/g, "ep_name: http://127.0.0.1:9/v1");
    await Deno.writeTextFile(join(folder, "c.yml"), config);
    const { run } = await start(folder);
    assert.equal((await readManifest(run.paths.manifest)).simulated, false);
  });
});

Deno.test("a step that is off is in the manifest as skipped, with its source where another step reads it", async () => {
  await inProject(async (folder) => {
    const first = await start(folder, { second: 1 });
    await mark(first.run, { status: "finished" }, "3_run_inference");
    const second = await start(folder, { sets: only(4, 5), second: 2 });
    const manifest = await readManifest(second.run.paths.manifest);
    assert.deepEqual(manifest.steps.map(({ status }) => status), [
      ...["skipped", "skipped", "skipped", "skipped", "pending", "pending", "skipped"],
    ]);
    assert.equal(stepEntry(manifest, "3_run_inference")?.source, first.run.paths.root);
    assert.equal(stepEntry(manifest, "1_generate_data")?.source, null);
    const log = await Deno.readTextFile(second.run.paths.log);
    assert.ok(log.includes(`step 3_run_inference is off: its output is read from ${first.run.paths.root}`));
  });
});

Deno.test("a user's own notebook stands where the YAML has it", async () => {
  await inProject(async (folder) => {
    const steps = ["before", "1_generate_data", "second_look", "third_look", "6_cleanup", "last"];
    const yaml = steps.map((name) => `  ${name}.ipynb: yes\n`).join("");
    await Deno.writeTextFile(join(folder, "c.yml"), `${tinyConfig}run_steps:\n${yaml}`);
    for (const name of steps) await Deno.writeTextFile(join(folder, `${name}.ipynb`), "{}");
    const { run, loaded } = await start(folder);
    assert.deepEqual(enabledSteps(loaded), steps);
    const { steps: entries } = await readManifest(run.paths.manifest);
    assert.deepEqual(entries.map(({ name }) => name), [
      ...["before", "0_setup", "1_generate_data", "second_look", "third_look", "2_deploy_model"],
      ...["3_run_inference", "4_get_evaluations", "5_model_metric_analysis", "6_cleanup", "last"],
    ]);
  });
});

Deno.test("an own notebook alone gets the newest measurement there is, and none where there is none", async () => {
  await inProject(async (folder) => {
    await Deno.writeTextFile(join(folder, "mine.ipynb"), "{}");
    const sets = [...only(), "run_steps.mine=yes"];
    const alone = await start(folder, { sets, second: 1 });
    const before = await readManifest(alone.run.paths.manifest);
    assert.equal(stepEntry(before, "3_run_inference")?.source, null);
    const measured = await start(folder, { second: 2 });
    await mark(measured.run, { status: "finished" }, "3_run_inference");
    const after = await readManifest((await start(folder, { sets, second: 3 })).run.paths.manifest);
    assert.equal(stepEntry(after, "3_run_inference")?.source, measured.run.paths.root);
  });
});

Deno.test("no secret gets into the run directory", async () => {
  const secret = "s3cr3t-value-0001";
  await inProject(async (folder) => {
    const config = tinyConfig.replace(
      "brief: { max_tokens: 8 }",
      "brief: { max_tokens: 8, api_key: '{api_key}' }",
    );
    await Deno.writeTextFile(join(folder, "c.yml"), config);
    const { run } = await start(folder, {
      parameters: { api_key: secret, plain: "shown" },
      sets: [
        `inference_parameters.brief.hf_token=${secret}`,
        `experiments[0].inference_spec.parameters={top_k: 3, "password": ${secret}}`,
        'inference_parameters.brief["api-key"]=s3cr3t-value-0001',
      ],
    });
    const { parameters, sets } = await readManifest(run.paths.manifest);
    assert.deepEqual(parameters, { api_key: "[redacted]", plain: "shown" });
    assert.deepEqual(sets, [
      'inference_parameters.brief.hf_token="[redacted]"',
      'experiments[0].inference_spec.parameters={top_k: 3, "password": "[redacted]"}',
      'inference_parameters.brief["api-key"]="[redacted]"',
    ]);
    for (const path of [run.paths.config, run.paths.manifest, run.paths.prices, run.paths.log]) {
      assert.ok(!(await Deno.readTextFile(path)).includes(secret), path);
    }
    assert.match(await Deno.readTextFile(run.paths.config), /api_key: "?\[redacted\]/);
  });
});

Deno.test("nothing is created when a source is missing", async () => {
  await inProject(async (folder) => {
    await assert.rejects(start(folder, { sets: only(5) }), UserError);
    await assert.rejects(Deno.stat(join(folder, "results")), Deno.errors.NotFound);
  });
});

Deno.test("what was noticed while the config was read is in the log", async () => {
  await inProject(async (folder) => {
    const loaded = await load(folder, { parameters: { unused: "1" } });
    assert.equal(loaded.notices.length, 1);
    const { run } = await start(folder, { parameters: { unused: "1" } });
    assert.match(await Deno.readTextFile(run.paths.log), / notice config .*-A unused.* has no effect/);
  });
});
