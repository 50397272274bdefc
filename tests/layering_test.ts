import assert from "node:assert/strict";
import { projectRoot } from "../lib/pipeline/project.ts";

/** Which areas each area may import besides itself: the house's one rule about direction. */
const allowed: Record<string, readonly string[]> = {
  core: [],
  storage: ["core"],
  transport: ["core"],
  metrics: ["core"],
  report: ["core"],
  simulate: ["core"],
  config: ["core", "storage", "data"],
  data: ["core", "storage"],
  run: ["core", "storage"],
  aws: ["core", "storage", "transport"],
  predict: ["core", "transport", "aws"],
  load: ["core", "storage", "metrics", "transport", "predict"],
  evaluate: ["core", "storage", "predict"],
  certify: ["core", "storage", "metrics", "load", "simulate"],
  deploy: ["core", "storage", "aws", "data"],
  fleet: ["core", "storage", "aws", "predict", "load", "certify", "deploy"],
  observe: ["core", "storage", "aws"],
  analyze: ["core", "storage", "metrics"],
  chart: ["core", "analyze"],
  pipeline: [
    ...[
      "core",
      "storage",
      "aws",
      "metrics",
      "report",
      "simulate",
      "config",
      "data",
      "run",
      "load",
      "certify",
      "evaluate",
      "deploy",
      "observe",
      "transport",
      "predict",
      "fleet",
    ],
    ...["analyze", "chart"],
  ],
  notebook: ["core", "config", "run", "pipeline", "chart", "simulate"],
};

/** npm packages that only one area may import; a scope stands for all of its packages. */
const keepers: Record<string, string> = {
  "nodejs-polars": "analyze",
  jsdom: "chart",
  "@observablehq/plot": "chart",
  "@aws-sdk": "aws",
  "@smithy": "aws",
  "@kubernetes": "deploy",
};

interface Info {
  modules: { specifier: string; dependencies?: { specifier: string; code?: { specifier?: string } }[] }[];
}

async function modules(): Promise<Info["modules"]> {
  const roots: string[] = [];
  for await (const entry of Deno.readDir(`${projectRoot}/lib`)) {
    if (entry.isDirectory) roots.push(`lib/${entry.name}/mod.ts`);
  }
  const found = new Map<string, Info["modules"][number]>();
  for (
    const root of [
      ...roots,
      "lib/cli.ts",
      "lib/load/worker.ts",
      "lib/fleet/remote_worker.ts",
      "lib/fleet/certify_program.ts",
      "lib/predict/own/host.ts",
      "lib/deploy/own/script_host.ts",
      "lib/deploy/own/script_input.ts",
      "lib/simulate/serve.ts",
    ]
  ) {
    const { stdout, success } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", root],
      cwd: projectRoot,
    }).output();
    assert.ok(success, `deno info ${root}`);
    for (const module of (JSON.parse(new TextDecoder().decode(stdout)) as Info).modules) {
      found.set(module.specifier, module);
    }
  }
  return [...found.values()];
}

const areaOf = (url: string) => /\/lib\/(\w+)\//.exec(url.slice(`file://${projectRoot}`.length - 4))?.[1];

Deno.test("areas import each other only in the direction of the house", async () => {
  const wrong: string[] = [];
  for (const { specifier, dependencies = [] } of await modules()) {
    if (!specifier.startsWith(`file://${projectRoot}/lib/`)) continue;
    const from = areaOf(specifier);
    if (from === undefined) continue;
    assert.ok(from in allowed, `${from} is an area without a rule`);
    for (const dependency of dependencies) {
      const target = dependency.code?.specifier;
      const keeper = keepers[dependency.specifier] ?? keepers[dependency.specifier.split("/")[0]!];
      if (keeper !== undefined && keeper !== from) wrong.push(`${specifier} imports ${dependency.specifier}`);
      const to = target?.startsWith(`file://${projectRoot}/lib/`) ? areaOf(target) : undefined;
      if (to === undefined || to === from) continue;
      if (!allowed[from]!.includes(to)) wrong.push(`${from} imports ${to}: ${specifier}`);
      if (to !== from && !target!.endsWith("/mod.ts")) wrong.push(`${specifier} reaches into ${target}`);
    }
  }
  assert.deepEqual(wrong, []);
});

Deno.test("every area has a mod.ts that opens with what it is, from what, to what", async () => {
  for (const area of Object.keys(allowed)) {
    const text = await Deno.readTextFile(`${projectRoot}/lib/${area}/mod.ts`);
    assert.match(
      text,
      /^\/\*\*\n \* [^\n]+\n( \* [^\n]+\n)*? \* From: [^\n]+\n( \* [^\n]+\n)*? \* To: /,
      area,
    );
  }
});

Deno.test("only notebook/ names Deno.jupyter", async () => {
  for await (const path of sources(`${projectRoot}/lib`)) {
    if (path.includes("/lib/notebook/")) continue;
    assert.ok(!(await Deno.readTextFile(path)).includes("Deno.jupyter"), path);
  }
});

async function* sources(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) yield* sources(path);
    else if (entry.name.endsWith(".ts")) yield path;
  }
}
