import { deepEqual, equal } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { isMap, isScalar, isSeq, LineCounter, parse, parseDocument, stringify } from "yaml";
import { ConfigError, loadConfig, projectFolder, readConfig } from "../../lib/config/mod.ts";
import { inFolder } from "./minimal.ts";
import { type ShippedConfig, shippedConfigs } from "./shipped.ts";

const folder = join(projectFolder, "configs");
const demo = join(folder, "demo.yml");
const text = readFileSync(demo, "utf8");

/** What stands for the placeholders of shipped configs. */
const parameters: Readonly<Record<string, string>> = {
  cluster: "cluster",
  data: join(projectFolder, "source_data", "trading_post_qa.jsonl"),
  endpoint: "http://127.0.0.1:8000/v1",
  first: "http://127.0.0.1:8001/v1",
  instance_type: "ml.g5.2xlarge",
  model: "model",
  model_arn: "arn:aws:bedrock:us-east-1:000000000000:provisioned-model/x",
  scenarios: join(projectFolder, "source_data", "latency_scenarios.jsonl"),
  second: "http://127.0.0.1:8002/v1",
};

function loadShipped({ path, parameters: asked }: ShippedConfig) {
  return loadConfig(join(projectFolder, path), {
    parameters: Object.fromEntries(
      asked.filter((key) => Object.hasOwn(parameters, key)).map((key) => [key, parameters[key]!]),
    ),
    env: { AWS_REGION: "us-east-1" },
    roleArn: "arn:aws:iam::000000000000:role/role",
    writeBucket: "bucket",
    tmpDir: "/tmp/none",
  });
}

Deno.test("every shipped config names its schema in the first line, and says in the second what it is for", () => {
  for (const { path, text } of shippedConfigs()) {
    const schema = path.split("/").length > 2 ? "../schema.json" : "schema.json";
    const [first, second] = text.split("\n");
    equal(first, `# yaml-language-server: $schema=${schema}`, path);
    equal(/^# \S.{20,}/.test(second ?? ""), true, path);
  }
});

Deno.test("every shipped config is valid, and all of its prices are known", async () => {
  for (const shipped of shippedConfigs()) {
    const { config, prices, notices } = await loadShipped(shipped);
    if (shipped.parameters.includes("model")) continue;
    for (const { instance_type, model_id, price_per_hour } of config.experiments) {
      const known = price_per_hour !== undefined || Object.hasOwn(prices.instance_based, instance_type) ||
        Object.hasOwn(prices.token_based, instance_type) || Object.hasOwn(prices.token_based, model_id);
      equal(known, true, `${shipped.path}: ${instance_type}`);
    }
    if (shipped.path === "configs/annotated.yml") continue;
    deepEqual(notices.filter(({ text }) => text.includes("FMBench never read")), [], shipped.path);
  }
});

Deno.test("names of runs are not shared: no config's results lie among another one's", async () => {
  const names: string[] = [];
  for (const shipped of shippedConfigs()) names.push((await loadShipped(shipped)).config.general.name);
  deepEqual(names.filter((name, index) => names.indexOf(name) !== index), []);
});

Deno.test("a run on Bedrock fits into 20 lines, whole and without another file", async () => {
  const shipped = shippedConfigs().find(({ path }) => path === "configs/bedrock/nova-micro.yml")!;
  equal(shipped.text.trimEnd().split("\n").length <= 20, true);
  equal(shipped.text.includes("extends"), false);
  const { config } = await loadShipped(shipped);
  const [{ ep_name, instance_type, deploy }] = config.experiments as unknown as [
    { ep_name: string; instance_type: string; deploy: boolean },
  ];
  deepEqual([ep_name, instance_type, deploy], [
    "us.amazon.nova-micro-v1:0",
    "us.amazon.nova-micro-v1:0",
    false,
  ]);
});

Deno.test("the demo is valid without a notice: three experiments, two payload files, three levels, under 60 lines", async () => {
  const { config, notices } = await loadConfig(demo, { env: {} });
  deepEqual(notices, []);
  equal(text.split("\n").length < 60, true);
  deepEqual(
    config.experiments.map(({ simulate, instance_type, payload_files, concurrency_levels }) => [
      simulate?.profile,
      instance_type,
      payload_files.length,
      [...concurrency_levels],
    ]),
    [
      ["sim-small", "sim.small", 2, [1, 4, 16]],
      ["sim-large", "sim.large", 2, [1, 4, 16]],
      ["sim-api", "sim-api", 2, [1, 4, 16]],
    ],
  );
});

Deno.test("qmsum, gsm8k and own-endpoint are valid with what the command line gives them", async () => {
  await inFolder({ "rows.jsonl": "{}\n" }, async (data) => {
    for (const name of ["qmsum.yml", "gsm8k.yml"]) {
      const parameters = { data: join(data, "rows.jsonl") };
      const { config, notices } = await loadConfig(join(folder, name), { parameters, env: {} });
      deepEqual(notices, []);
      deepEqual([config.experiments.length, config.datasets.filters.length], [3, 2]);
    }
  });
  const parameters = { endpoint: "http://127.0.0.1:8000/v1", model: "NAME" };
  const { config } = await loadConfig(join(folder, "own-endpoint.yml"), { parameters, env: {} });
  const { ep_name, model_id, deploy, inference_spec } = config.experiments[0]!;
  deepEqual([ep_name, model_id, deploy, inference_spec.api_key_env], [
    "http://127.0.0.1:8000/v1",
    "NAME",
    false,
    "OPENAI_API_KEY",
  ]);
});

interface Key {
  readonly name: string;
  readonly line: number;
  readonly column: number;
  readonly offset: number;
}

/** All keys of the demo but the user's own: names of parameter sets and parameters. */
function schemaKeys(): Key[] {
  const lines = new LineCounter();
  const keys: Key[] = [];
  const visit = (node: unknown): void => {
    if (isSeq(node)) node.items.forEach(visit);
    if (!isMap(node)) return;
    for (const { key, value } of node.items) {
      if (!isScalar(key)) continue;
      const offset = key.range![0];
      const { line, col } = lines.linePos(offset);
      keys.push({ name: String(key.value), line, column: col, offset });
      if (key.value !== "inference_parameters") visit(value);
    }
  };
  visit(parseDocument(text, { lineCounter: lines }).contents);
  return keys;
}

const letters = "abcdefghijklmnopqrstuvwxyz_0123456789";

/** The name with one character left out, put in, exchanged, or swapped with the next one. */
function misspelt(name: string, kind: number, at: number, letter: string): string {
  const [before, after] = [name.slice(0, at), name.slice(at)];
  if (kind === 0) return before + after.slice(1);
  if (kind === 1) return before + letter + after;
  if (kind === 2) return before + letter + after.slice(1);
  return before + after.slice(1, 2) + after.slice(0, 1) + after.slice(2);
}

Deno.test("any key of the demo, misspelt by one edit, is found with its place and its right name", () => {
  const keys = schemaKeys();
  equal(keys.length > 30, true);
  const edits = fc.tuple(fc.constantFrom(...keys), fc.nat(3), fc.nat(40), fc.constantFrom(...letters));
  fc.assert(
    fc.property(edits, ([key, kind, position, letter]) => {
      const wrong = misspelt(key.name, kind, position % key.name.length, letter);
      fc.pre(wrong !== key.name && /^[a-z_]/.test(wrong));
      const changed = text.slice(0, key.offset) + wrong + text.slice(key.offset + key.name.length);
      let message = "";
      try {
        readConfig(demo, changed, { env: {} });
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        message = error.message;
      }
      const place = `${demo}:${key.line}:${key.column}: unknown key "${wrong}"`;
      const line = message.split("\n").find((each) => each.startsWith(place));
      equal(line?.endsWith(`did you mean "${key.name}"?`), true, `${wrong}: ${message}`);
    }),
    { numRuns: 400, seed: 7 },
  );
});

/** All paths to values in a plain value. */
function pathsIn(value: unknown, path: string[] = []): string[][] {
  if (value === null || typeof value !== "object") return [path];
  return [path, ...Object.entries(value).flatMap(([key, item]) => pathsIn(item, [...path, key]))];
}

Deno.test("whatever stands in place of a value of the demo, there is a config or there are faults with a place", () => {
  const whole = parse(text) as Record<string, unknown>;
  const paths = pathsIn(whole).filter((path) => path.length > 0);
  fc.assert(
    fc.property(fc.constantFrom(...paths), fc.jsonValue({ maxDepth: 2 }), (path, junk) => {
      const changed = structuredClone(whole);
      // deno-lint-ignore no-explicit-any
      let parent = changed as any;
      for (const step of path.slice(0, -1)) parent = parent[step];
      parent[path.at(-1)!] = junk;
      try {
        readConfig(demo, stringify(changed), { env: {} });
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        for (const { line, column, text } of error.faults) {
          equal(line >= 1 && column >= 1 && text !== "" && !/undefined|\[object/.test(text), true, text);
        }
      }
    }),
    { numRuns: 300, seed: 11 },
  );
});
