import assert from "node:assert/strict";
import { join } from "node:path";
import { loadConfig, type LoadedConfig } from "../../lib/config/mod.ts";
import { inputsFingerprint } from "../../lib/config/mod.ts";

/** Loads a config with `experiment` as the keys of its second experiment, and the files beside it. */
async function loaded(
  experiment: string,
  { source = "rows.jsonl", own = "Q: {question} {context}" } = {},
): Promise<LoadedConfig> {
  const folder = await Deno.makeTempDir();
  try {
    const files = {
      "c.yml": `general: { name: own }
s3_read_data:
  source_data_files: ["${source}"]
  prompt_template_file: ask.txt
experiments:
  - { name: one, simulate: { profile: sim-small } }
  - { name: two, simulate: { profile: sim-small }, ${experiment} }
`,
      "rows.jsonl": '{"question": "q", "context": "c"}\n',
      "ask.txt": "Answer: {question}",
      "own.txt": own,
      "tokenizer.json": "{}",
    };
    for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(join(folder, name), text);
    const config = await loadConfig(join(folder, "c.yml"), { env: {}, tmpDir: folder });
    return { ...config, file: inputsFingerprint(config.config).data };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("an experiment has the run's template, keys and tokenizer unless it names its own", async () => {
  const { config, files } = await loaded("concurrency_levels: [1]");
  const { prompt_template_file, prompt_template_keys, tokenizer_prefix, hf_tokenizer_model_id } = config
    .experiments[1]!;
  assert.deepEqual([prompt_template_file, tokenizer_prefix, hf_tokenizer_model_id], [null, null, null]);
  assert.deepEqual(prompt_template_keys, ["question"]);
  assert.deepEqual(files.experiments[1], {
    prompt_template: null,
    tokenizer: null,
    inference_script: null,
    deployment_script: null,
  });
});

Deno.test("an experiment's own template brings its own keys, or has them named", async () => {
  const own = await loaded("prompt_template_file: own.txt");
  assert.deepEqual(own.config.experiments[1]!.prompt_template_keys, ["question", "context"]);
  assert.match(own.files.experiments[1]!.prompt_template!, /own\.txt$/);
  assert.equal(own.files.experiments[0]!.prompt_template, null);
  const named = await loaded("prompt_template_file: own.txt, prompt_template_keys: [question]");
  assert.deepEqual(named.config.experiments[1]!.prompt_template_keys, ["question"]);
});

Deno.test("an experiment's own tokenizer is a folder or a model, and a folder without one is a notice", async () => {
  const folder = await loaded("tokenizer_prefix: .");
  assert.ok(folder.files.experiments[1]!.tokenizer !== null);
  const model = await loaded("hf_tokenizer_model_id: org/model");
  assert.equal(model.config.experiments[1]!.hf_tokenizer_model_id, "org/model");
  const { notices } = await loaded("tokenizer_prefix: nowhere");
  const notice = notices.find(({ key }) => key === "experiments[1].tokenizer_prefix");
  assert.match(
    notice!.text,
    /is "nowhere", where there is no tokenizer\.json: tokens are counted by the run's tokenizer/,
  );
});

Deno.test("an experiment's own template that is nowhere is a fault at its place", async () => {
  await assert.rejects(
    loaded("prompt_template_file: gone.txt"),
    /c\.yml:7:\d+.*there is no file "gone\.txt"/s,
  );
});

Deno.test("what an experiment renders and counts with is part of the data's fingerprint", async () => {
  const prints = await Promise.all(
    [
      loaded("concurrency_levels: [1]"),
      loaded("prompt_template_file: own.txt"),
      loaded("prompt_template_file: own.txt", { own: "Q: {question}" }),
      loaded("hf_tokenizer_model_id: org/model"),
      loaded("tokenizer_prefix: ."),
      loaded("concurrency_levels: [1]", { source: "synthetic:tokens=10" }),
      loaded("concurrency_levels: [1]", { source: "synthetic:tokens=11" }),
    ],
  );
  assert.equal(new Set(prints.map(({ file }) => file)).size, prints.length);
});

Deno.test("a made-up source is taken as it is, and a fault in it is a fault of the config", async () => {
  const { config, files } = await loaded("concurrency_levels: [1]", { source: "synthetic:tokens=10,rows=5" });
  assert.deepEqual(config.s3_read_data.source_data_files, ["synthetic:tokens=10,rows=5"]);
  assert.deepEqual(files.source_data, ["synthetic:tokens=10,rows=5"]);
  await assert.rejects(
    loaded("concurrency_levels: [1]", { source: "synthetic:tokens=0" }),
    /c\.yml:3:\d+.*synthetic:tokens=0": tokens is 0; expected 1 to/s,
  );
});
