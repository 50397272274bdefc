import { deepEqual, equal } from "node:assert/strict";
import { join } from "node:path";
import { loadConfig } from "../../lib/config/mod.ts";
import { faultsOf, inFolder, load, minimal } from "./minimal.ts";

const base = `general: { name: base }
s3_read_data:
  source_data_files: [rows.jsonl, more.jsonl]
  prompt_template_file: ask.txt
inference_parameters:
  short: { temperature: 0, max_tokens: 50 }
load: { requests: 10, warmup_requests: 2 }
experiments:
  - name: one
    instance_type: sim.small
    simulate: { profile: sim-small, accuracy: 0.5 }
    concurrency_levels: [1, 2, 3]
  - name: two
    instance_type: sim.large
    simulate: { profile: sim-large }
report: { latency_budget: 3 }
`;
const files = { "base.yml": base, "more.jsonl": "{}\n" };

Deno.test("a config takes over what it extends: sections key by key, experiments by name, other lists whole", async () => {
  const top = `extends: base.yml
general: { name: top }
s3_read_data: { source_data_files: [rows.jsonl] }
inference_parameters: { short: { max_tokens: 9 } }
load: { requests: 20 }
experiments:
  - name: two
    concurrency_levels: [8]
  - name: three
    instance_type: sim.small
    simulate: { profile: sim-small }
`;
  const { config } = await load(top, {}, files);
  equal(config.general.name, "top");
  equal(config.s3_read_data.source_data_files.length, 1);
  deepEqual(config.inference_parameters, { short: { temperature: 0, max_tokens: 9 } });
  deepEqual([config.load.requests, config.load.warmup_requests], [20, 2]);
  equal(config.report.latency_budget, 3);
  deepEqual(
    config.experiments.map(({ name, concurrency_levels, simulate }) => [
      name,
      [...concurrency_levels],
      simulate?.profile,
    ]),
    [["one", [1, 2, 3], "sim-small"], ["two", [8], "sim-large"], ["three", [1, 4, 16], "sim-small"]],
  );
  equal("extends" in config, false);
});

Deno.test("an empty key takes away what it would have taken over", async () => {
  const { config } = await load("extends: base.yml\nload:\n  requests:\nreport:\n", {}, files);
  deepEqual([config.load.requests, config.load.warmup_requests, config.report.latency_budget], [100, 2, 5]);
});

Deno.test("a chain of three is followed, the last word being that of the config itself", async () => {
  const middle = "extends: base.yml\ngeneral: { name: middle }\nload: { requests: 11, warmup_requests: 1 }\n";
  const { config } = await load("extends: middle.yml\nload: { requests: 12 }\n", {}, {
    ...files,
    "middle.yml": middle,
  });
  deepEqual([config.general.name, config.load.requests, config.load.warmup_requests], ["middle", 12, 1]);
});

Deno.test("a fault has its place in the file in which the value was written", async () => {
  const top =
    "extends: base.yml\nload: { requests: none }\nexperiments:\n  - name: two\n    instance_typ: x\n";
  const broken = base.replace("latency_budget: 3", "latency_budget: -3");
  deepEqual(await faultsOf(top, {}, { ...files, "base.yml": broken }), [
    'base.yml:16:27: "report.latency_budget" is -3; expected seconds, more than 0',
    'c.yml:2:19: "load.requests" is "none"; expected a whole number, 1 or more',
    'c.yml:5:5: unknown key "instance_typ" in "experiments[1]"; did you mean "instance_type"?',
  ]);
});

Deno.test("a list that replaces another one leaves no place of the old one behind", async () => {
  const top =
    `extends: base.yml\nexperiments:\n  - name: one\n    concurrency_levels:\n      - 1\n      - x\n`;
  deepEqual(await faultsOf(top, {}, files), [
    'c.yml:6:9: "experiments[0].concurrency_levels[1]" is "x"; expected a whole number, 1 or more',
  ]);
});

Deno.test("a placeholder of the extended file needs no value once the config gives the key one", async () => {
  const open = base.replace("profile: sim-small,", 'profile: "{profile}",');
  const top = "extends: base.yml\nexperiments:\n  - name: one\n    simulate: { profile: sim-small }\n";
  const { config } = await load(top, {}, { ...files, "base.yml": open });
  equal(config.experiments[0]!.simulate?.profile, "sim-small");
  deepEqual(await faultsOf("extends: base.yml\n", {}, { ...files, "base.yml": open }), [
    'base.yml:11:27: {profile} in "experiments[0].simulate.profile" has no value; expected -A profile=value',
  ]);
});

Deno.test("a circle, a missing file, and one that is no config are faults at the key", async () => {
  deepEqual(await faultsOf("extends: nowhere.yml\n"), [
    'c.yml:1:10: there is no file "nowhere.yml"; expected it beside this one, or among those of `fmbench configs`',
  ]);
  deepEqual(
    await faultsOf("extends: a.yml\n", {}, { "a.yml": "extends: b.yml\n", "b.yml": "extends: a.yml\n" }),
    [
      'b.yml:1:10: "extends" goes round in a circle: a.yml, b.yml, a.yml; expected a chain that ends',
    ],
  );
  deepEqual(await faultsOf("extends: c.yml\n"), [
    'c.yml:1:10: "extends" goes round in a circle: c.yml, c.yml; expected a chain that ends',
  ]);
  deepEqual(await faultsOf("extends: list.yml\n", {}, { "list.yml": "- 1\n" }), [
    'c.yml:1:10: "list.yml" holds no config; expected a config to extend',
  ]);
  deepEqual(await faultsOf(`extends: [base.yml]\n${minimal}`, {}, files), [
    'c.yml:1:10: "extends" is a list; expected the path of another config',
  ]);
});

Deno.test("a shipped config is found by its name under configs/, and one in another folder by its path", async () => {
  const { config } = await load("extends: demo.yml\ngeneral: { name: mine }\n");
  deepEqual([config.general.name, config.experiments.length], ["mine", 3]);
  await inFolder({
    "common/base.yml": minimal,
    "own/c.yml": "extends: ../common/base.yml\n",
    "own/rows.jsonl": "{}\n",
    "own/ask.txt": "x",
  }, async (folder) => {
    const { config } = await loadConfig(join(folder, "own", "c.yml"), { env: {}, tmpDir: folder });
    equal(config.general.name, "small");
  });
});
