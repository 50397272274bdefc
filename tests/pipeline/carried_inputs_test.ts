import assert from "node:assert/strict";
import { join } from "node:path";
import { inputsFingerprint, loadConfig } from "../../lib/config/mod.ts";
import { carriedConfig, carryInputs } from "../../lib/pipeline/carried_inputs.ts";
import { copyModule } from "../../lib/pipeline/carried_modules.ts";
import { runPaths } from "../../lib/run/mod.ts";
import { inProject, tinyConfig } from "./made_up_project.ts";

Deno.test("the carried config needs nothing from outside the run, and measures the same thing", async () => {
  await inProject(async (folder) => {
    const open = "load: { requests: 2, warmup_requests: 1, mode: open, arrival: trace, trace_file: t.jsonl }";
    await Deno.writeTextFile(
      join(folder, "c.yml"),
      tinyConfig.replace(/load: .*/, open).replaceAll(/ +concurrency_levels: .*\n/g, "")
        .replace("ask.txt", "ask.txt\n  tokenizer_prefix: mine") + "pricing: p.yml\n",
    );
    await Deno.writeTextFile(join(folder, "t.jsonl"), '{"at_ms": 0}\n{"at_ms": 10}\n');
    await Deno.writeTextFile(join(folder, "p.yml"), "pricing: { instance_based: { sim.small: 3.5 } }\n");
    await Deno.mkdir(join(folder, "mine"));
    await Deno.copyFile(
      "source_data/tokenizers/" + (await Array.fromAsync(Deno.readDir("source_data/tokenizers")))[0]!.name +
        "/tokenizer.json",
      join(folder, "mine", "tokenizer.json"),
    );
    const loaded = await loadConfig(join(folder, "c.yml"));
    const root = join(folder, "run");
    const fingerprint = inputsFingerprint(loaded.config);
    await carryInputs({ id: "r", paths: runPaths(root) }, loaded);
    for (const name of ["rows.jsonl", "ask.txt", "c.yml", "t.jsonl", "p.yml"]) {
      await Deno.remove(join(folder, name));
    }
    await Deno.remove(join(folder, "mine"), { recursive: true });
    const moved = join(folder, "elsewhere");
    await Deno.rename(root, moved);
    const again = await loadConfig(carriedConfig(moved));
    assert.deepEqual(inputsFingerprint(again.config), fingerprint);
    assert.equal(again.prices.instance_based["sim.small"], 3.5);
    assert.deepEqual(again.files.source_data, [join(moved, "inputs", "source_data", "0-rows.jsonl")]);
  });
});

Deno.test("templates and rules of judges are carried from wherever they are looked for", async () => {
  await inProject(async (folder) => {
    const judge = (template: string) =>
      `{ model_id: ${template}, template: ${template}, inference_script: openai_chat, ep_name: "http://127.0.0.1:9/v1" }`;
    const judges = [judge("near"), judge("inner.txt")].join(", ");
    await Deno.writeTextFile(
      join(folder, "c.yml"),
      `${tinyConfig}evaluation: { panel: yes, rules: mild, judges: [${judges}] }\n`,
    );
    await Deno.mkdir(join(folder, "evaluation"));
    await Deno.mkdir(join(folder, "prompt_template", "evaluation"), { recursive: true });
    const texts = ["near.txt", "evaluation/inner.txt", "prompt_template/evaluation/mild.txt"];
    for (const name of texts) await Deno.writeTextFile(join(folder, name), "{answer} {ground_truth}");
    const loaded = await loadConfig(join(folder, "c.yml"));
    const root = join(folder, "run");
    await carryInputs({ id: "r", paths: runPaths(root) }, loaded);
    for (const name of texts) await Deno.remove(join(folder, name));
    // A text that is nowhere would be a fault.
    const again = await loadConfig(carriedConfig(root));
    assert.deepEqual(again.config.evaluation.judges?.map(({ template }) => template), ["near", "inner.txt"]);
    await Deno.remove(join(root, "inputs", "evaluation"), { recursive: true });
    await assert.rejects(
      loadConfig(carriedConfig(root)),
      /there is no file with the judges' template "inner.txt"/,
    );
  });
});

Deno.test("modules of the user's own are carried with what they import from beside them", async () => {
  const scripts = {
    "mine.ts":
      'import { x } from "./parts/x.ts";\nimport { UserError } from "lib/core/mod.ts";\nexport { UserError, x };\n',
    "parts/x.ts": 'export * from "../y.ts";\n// import "./none.ts"\n',
    "y.ts": "export const x = 7;\n",
    "deploy.ts": "export const deploy = 1;\n",
  };
  await inProject(async (folder) => {
    for (const [name, text] of Object.entries(scripts)) {
      await Deno.mkdir(join(folder, "scripts", name, ".."), { recursive: true });
      await Deno.writeTextFile(join(folder, "scripts", name), text);
    }
    const own = "    model_id: m\n    instance_type: sim.small\n    ep_name: http://127.0.0.1:9\n" +
      "    inference_script: mine.ts\n    deployment_script: deploy.ts\n    deploy: yes\n";
    await Deno.writeTextFile(
      join(folder, "c.yml"),
      tinyConfig.replace(/experiments:[\s\S]*(?=report:)/, `experiments:\n  - name: one\n${own}`) +
        'evaluation: { judges: [{ model_id: m, inference_script: mine.ts, ep_name: "http://127.0.0.1:9" }] }\n',
    );
    const loaded = await loadConfig(join(folder, "c.yml"));
    const settled = [join(folder, "scripts/mine.ts"), join(folder, "scripts/deploy.ts")];
    const { inference_script, deployment_script } = loaded.config.experiments[0]!;
    assert.deepEqual([inference_script, deployment_script], settled);
    assert.deepEqual(
      [loaded.files.experiments[0]!.inference_script, loaded.files.experiments[0]!.deployment_script],
      settled,
    );
    const fingerprint = inputsFingerprint(loaded.config);
    const root = join(folder, "run");
    await carryInputs({ id: "r", paths: runPaths(root) }, loaded);
    await Deno.remove(join(folder, "scripts"), { recursive: true });
    const moved = join(folder, "elsewhere");
    await Deno.rename(root, moved);
    const again = await loadConfig(carriedConfig(moved));
    assert.deepEqual(inputsFingerprint(again.config), fingerprint);
    const script = again.config.experiments[0]!.inference_script;
    assert.ok(script.startsWith(join(moved, "inputs", "script")), script);
    assert.equal(await Deno.readTextFile(join(script, "..", "y.ts")), scripts["y.ts"]);
    const judge = again.config.evaluation.judges![0]!.inference_script;
    assert.ok(judge.startsWith(join(moved, "inputs", "script")), judge);
    assert.equal(await Deno.readTextFile(join(judge, "..", "y.ts")), scripts["y.ts"]);
    assert.equal(await Deno.readTextFile(join(script, "..", "parts", "x.ts")), scripts["parts/x.ts"]);

    await Deno.writeTextFile(script, "// another thing\n");
    const changed = await loadConfig(carriedConfig(moved));
    assert.notEqual(inputsFingerprint(changed.config).experiments, fingerprint.experiments);
  });
});

Deno.test("a module that imports from outside its folder can't be carried, and that is said", async () => {
  const folder = await Deno.makeTempDir({ prefix: "fmbench-test-" });
  try {
    await Deno.mkdir(join(folder, "a"));
    await Deno.writeTextFile(join(folder, "a", "m.ts"), 'import "../b.ts";\n');
    await assert.rejects(
      copyModule(join(folder, "a", "m.ts"), join(folder, "copy")),
      /m\.ts": it imports "\.\.\/b\.ts", which lies outside its folder; expected a path in its folder, or a name such as lib\//,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("judges go along: their file, their words, and what the config says of them", async () => {
  await inProject(async (folder) => {
    const judges = `model_evaluations:
  model_eval_dir: { eval_instructions_files: [strict.txt] }
  subjective_eval_info:
    judge_panel_list: [{ model_id: m, eval_prompt_template_name: my_words }]
`;
    const text = tinyConfig + "model_evaluations: panel.yml\nevaluation: { panel: yes, dollars: 3 }\n";
    await Deno.writeTextFile(join(folder, "c.yml"), text);
    await Deno.writeTextFile(join(folder, "panel.yml"), judges);
    await Deno.writeTextFile(join(folder, "my_words.txt"), "{answer} {ground_truth}\n");
    await Deno.writeTextFile(join(folder, "strict.txt"), "Be strict.\n");
    const loaded = await loadConfig(join(folder, "c.yml"));
    const root = join(folder, "run");
    await carryInputs({ id: "r", paths: runPaths(root) }, loaded);
    for (const name of ["panel.yml", "my_words.txt", "strict.txt"]) await Deno.remove(join(folder, name));
    const again = await loadConfig(carriedConfig(root));
    assert.deepEqual(again.config.evaluation, loaded.config.evaluation);
    for (const name of ["my_words.txt", "strict.txt"]) {
      assert.ok((await Deno.stat(join(root, "inputs", name))).isFile, name);
    }
  });
});

Deno.test("a study is carried with its scenario file and the images beside it", async () => {
  await inProject(async (folder) => {
    const png = "iVBORw0KGgo=";
    await Deno.mkdir(join(folder, "pictures"));
    await Deno.writeFile(join(folder, "pictures", "a.png"), Uint8Array.fromBase64(png));
    const scenario = {
      text_prompt: "What is it?",
      expected_output_tokens: 5,
      model_id: "m",
      region: "us-east-1",
    };
    await Deno.writeTextFile(
      join(folder, "s.jsonl"),
      JSON.stringify({ ...scenario, images: "pictures/a.png" }),
    );
    await Deno.writeTextFile(
      join(folder, "c.yml"),
      "general: { name: s }\nstudy: { scenarios: s.jsonl, duration: 1h, simulate: { profile: sim-api } }\n",
    );
    const loaded = await loadConfig(join(folder, "c.yml"));
    const fingerprint = inputsFingerprint(loaded.config);
    const root = join(folder, "run");
    await carryInputs({ id: "r", paths: runPaths(root) }, loaded);
    for (const name of ["s.jsonl", "c.yml", "pictures/a.png"]) await Deno.remove(join(folder, name));
    const again = await loadConfig(carriedConfig(root));
    assert.deepEqual(again.scenarios, loaded.scenarios);
    assert.deepEqual(again.scenarios[0]!.prompt.images, [{ media_type: "image/png", base64: png }]);
    assert.deepEqual(inputsFingerprint(again.config), fingerprint);
    assert.equal(again.config.experiments[0]!.simulate?.profile, "sim-api");
  });
});
