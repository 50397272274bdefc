import { deepEqual, equal, notEqual } from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { configHash, inputsFingerprint, loadConfig, type LoadOptions } from "../../lib/config/mod.ts";
import { inFolder, minimal } from "./minimal.ts";

const files = { "c.yml": minimal, "rows.jsonl": "{}\n", "ask.txt": "{question}" };
const prints = async (folder: string, options: LoadOptions = {}) =>
  inputsFingerprint((await loadConfig(join(folder, "c.yml"), { env: {}, ...options })).config);

Deno.test("each part changes with its own keys and with nothing else", async () => {
  await inFolder(files, async (folder) => {
    const base = await prints(folder);
    const changed = async (set: string) => {
      const other = await prints(folder, { sets: [set] });
      return (["data", "experiments", "load"] as const).filter((part) => other[part] !== base[part]);
    };
    deepEqual(await changed("report.latency_budget=9"), []);
    deepEqual(await changed("run_steps.3_run_inference=no"), []);
    deepEqual(await changed("datasets.ground_truth_col_key=x"), ["data"]);
    deepEqual(await changed("inference_parameters.p.max_tokens=3"), ["experiments"]);
    deepEqual(await changed("experiments[0].concurrency_levels=[2]"), ["experiments"]);
    deepEqual(await changed("load.requests=5"), ["load"]);
    deepEqual(await changed("experiments[0].load.requests=5"), ["load"]);
    deepEqual(await changed("load.seed=5"), ["data", "experiments", "load"]); // the embedded endpoint's seed follows it
  });
});

Deno.test("the content of the data and of the template counts, not where they lie", async () => {
  await inFolder(files, async (folder) => {
    const base = await prints(folder);
    await inFolder(files, async (other) => equal((await prints(other)).data, base.data));
    writeFileSync(join(folder, "rows.jsonl"), "{} \n");
    const rows = await prints(folder);
    notEqual(rows.data, base.data);
    writeFileSync(join(folder, "ask.txt"), "{question}?");
    notEqual((await prints(folder)).data, rows.data);
  });
});

Deno.test("the hash of a config is that of its content, whatever the order of its keys", async () => {
  const [general, ...rest] = minimal.split(/^(?=\w)/m);
  await inFolder({ ...files, "d.yml": [...rest, general].join("") }, async (folder) => {
    const load = async (name: string, sets: string[] = []) =>
      configHash((await loadConfig(join(folder, name), { env: {}, sets })).config);
    equal(await load("c.yml"), await load("d.yml"));
    notEqual(await load("c.yml"), await load("c.yml", ["report.latency_budget=9"]));
    equal(/^[0-9a-f]{64}$/.test(await load("c.yml")), true);
  });
});
