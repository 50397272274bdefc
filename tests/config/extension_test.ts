import { deepEqual, equal, rejects } from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { copyOf, describeLookUp, loadConfig } from "../../lib/config/mod.ts";
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
    'c.yml:1:10: "extends" is a list; expected the path or address of another config',
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

const apart = {
  "common/base.yml": base,
  "common/rows.jsonl": "{}\n",
  "common/more.jsonl": "{}\n",
  "common/templates/ask.txt": "{question}",
};

Deno.test("a file is looked for beside the config that names it, then beside the one that is run", async () => {
  const of = async (top: string, files: Readonly<Record<string, string>>) => {
    let found: string[] = [];
    await inFolder({ ...files, "own/c.yml": top }, async (folder) => {
      const { files, lookUps } = await loadConfig(join(folder, "own/c.yml"), { env: {}, tmpDir: folder });
      found = [...files.source_data, files.prompt_template].map((path) => path.replace(`${folder}/`, ""));
      const won = lookUps.find(({ search }) => search.name === "more.jsonl");
      if (won !== undefined) {
        equal(
          describeLookUp(won).replace(`${folder}/`, ""),
          `  source_data     more.jsonl <- ${
            won.found?.path.includes("/common/") ? "beside the extended config" : "beside the config"
          }: ${found[1]}`,
        );
      }
    });
    return found;
  };
  const prefix = "\ns3_read_data: { prompt_template_dir: templates }";
  deepEqual(await of(`extends: ../common/base.yml${prefix}\n`, apart), [
    "common/rows.jsonl",
    "common/more.jsonl",
    "common/templates/ask.txt",
  ]);
  const { "common/more.jsonl": _, ...fewer } = apart;
  const own = { "own/rows.jsonl": "{}\n", "own/more.jsonl": "{}\n", "own/templates/ask.txt": "x" };
  deepEqual(await of(`extends: ../common/base.yml${prefix}\n`, { ...fewer, ...own }), [
    "common/rows.jsonl",
    "own/more.jsonl",
    "common/templates/ask.txt",
  ]);
  const named = "\ns3_read_data: { prompt_template_dir: templates, prompt_template_file: ask.txt, " +
    "source_data_files: [rows.jsonl] }";
  deepEqual(await of(`extends: ../common/base.yml${named}\n`, { ...apart, ...own }), [
    "own/rows.jsonl",
    "own/templates/ask.txt",
  ]);
});

Deno.test("a file that neither folder has is a fault where it is named, with both folders", async () => {
  await inFolder({ ...apart, "own/c.yml": "extends: ../common/base.yml\n" }, async (folder) => {
    await rejects(loadConfig(join(folder, "own/c.yml"), { env: {}, tmpDir: "/tmp/none" }), (error) => {
      equal(
        String(error).replaceAll(`${folder}/`, ""),
        'ConfigError: common/base.yml:4:25: there is no file "ask.txt"; expected it in the folder of the config that is ' +
          "extended, the config's folder, /tmp/none/fmbench-read/prompt_template or the project's prompt_templates/",
      );
      return true;
    });
  });
});

Deno.test("a base that lies elsewhere is read from the copy that was fetched; without one that is a fault", async () => {
  const address = "https://example.com/a/base.yml?v=1";
  const before = process.env["XDG_CACHE_HOME"];
  await inFolder(
    { "c.yml": `extends: ${address}\n`, "rows.jsonl": "{}\n", "ask.txt": "x" },
    async (folder) => {
      process.env["XDG_CACHE_HOME"] = join(folder, "cache");
      try {
        const load = () => loadConfig(join(folder, "c.yml"), { env: {}, tmpDir: folder });
        await rejects(load(), (error) => {
          equal(
            String(error).replaceAll(`${folder}/`, ""),
            `ConfigError: c.yml:1:10: there is no copy of "${address}" here; expected a config that \`fmbench run\` or ` +
              "`validate` has fetched",
          );
          return true;
        });
        mkdirSync(dirname(copyOf(address)), { recursive: true });
        writeFileSync(copyOf(address), minimal);
        equal((await load()).config.general.name, "small");
        writeFileSync(copyOf(address), minimal.replace("name: small", "nam: small"));
        await rejects(load(), /https:\/\/example\.com\/a\/base\.yml\?v=1:2:3: unknown key "nam"/);
        writeFileSync(copyOf(address), "extends: first.yml\n");
        writeFileSync(
          join(dirname(copyOf(address)), "first.yml"),
          minimal.replace("name: small", "nam: small"),
        );
        await rejects(load(), /https:\/\/example\.com\/a\/first\.yml:2:3: unknown key "nam"/);
      } finally {
        if (before === undefined) delete process.env["XDG_CACHE_HOME"];
        else process.env["XDG_CACHE_HOME"] = before;
      }
    },
  );
});
