import assert from "node:assert/strict";
import { join } from "node:path";
import { writeEndpoints } from "../../../lib/deploy/mod.ts";
import { readPlan } from "../../../lib/load/mod.ts";
import { readPayloads } from "../../../lib/data/mod.ts";
import { generateData } from "../../../lib/pipeline/steps/generate_data.ts";
import { planRequests, sendRequests } from "../../../lib/pipeline/steps/inference.ts";
import { endpoint } from "../../load/made_up.ts";
import { inProject, mark, openStep, start, tinyConfig } from "../made_up_project.ts";
import { letterTokenizer } from "../../data/tiny_tokenizers.ts";

/** The tiny config with `keys` added to the experiment `two`. */
const withOwn = (keys: string) => tinyConfig.replace("  - name: two\n", `  - name: two\n    ${keys}\n`);

/** Runs a test with a Hub that has `org/letters`, and a cache of its own. */
async function withHub(work: () => Promise<void>): Promise<void> {
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    ({ url }) =>
      new URL(url).pathname === "/org/letters/resolve/main/tokenizer.json"
        ? new Response(letterTokenizer)
        : new Response("", { status: 404 }),
  );
  const cache = await Deno.makeTempDir();
  const set = { HF_ENDPOINT: `http://127.0.0.1:${server.addr.port}`, XDG_CACHE_HOME: cache };
  const before = Object.keys(set).map((name) => [name, Deno.env.get(name)] as const);
  for (const [name, value] of Object.entries(set)) Deno.env.set(name, value);
  try {
    await work();
  } finally {
    for (const [name, value] of before) {
      value === undefined ? Deno.env.delete(name) : Deno.env.set(name, value);
    }
    await server.shutdown();
    await Deno.remove(cache, { recursive: true });
  }
}

const tokenizersOf = async (prompts: string) =>
  JSON.parse(await Deno.readTextFile(join(prompts, "tokenizers.json")));

Deno.test("an experiment with its own template is sent its own prompts of the same rows", async () => {
  const sent = new Map<string, Set<string>>();
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
    if (request.method !== "POST") return new Response("{}");
    const { model, messages } = await request.json();
    sent.set(model, (sent.get(model) ?? new Set()).add(messages[0].content));
    return new Response("busy", { status: 500 });
  });
  try {
    await inProject(async (folder) => {
      const started = await start(folder);
      const { paths } = started.run;
      await generateData(openStep("1_generate_data", started));
      const own = await readPayloads(join(paths.prompts, "experiment_2.short.jsonl"));
      const runs = await readPayloads(join(paths.prompts, "short.jsonl"));
      assert.deepEqual(own.map(({ payload_id }) => payload_id), runs.map(({ payload_id }) => payload_id));

      const url = `http://127.0.0.1:${server.addr.port}`;
      const endpoints = ["one", "two"].map((name) =>
        endpoint({ experiment_name: name, model_id: name, url, simulated: false })
      );
      await writeEndpoints(paths.root, endpoints);
      await mark(started.run, { status: "finished" }, "1_generate_data", "2_deploy_model");
      const step = openStep("3_run_inference", started);
      await planRequests(step);
      const { header } = await readPlan(paths.plan);
      assert.deepEqual([...new Set(header.levels.map(({ payload_file }) => payload_file))], ["short.jsonl"]);
      await sendRequests(step);
      const prompts = (name: string) => [...sent.get(name)!].sort();
      assert.deepEqual(prompts("one"), ["Answer: What is 1 + 1?", "Answer: What is 2 + 2?"]);
      assert.deepEqual(prompts("two"), ["Q: What is 1 + 1?", "Q: What is 2 + 2?"]);
    }, { "c.yml": withOwn("prompt_template_file: own.txt"), "own.txt": "Q: {question}" });
  } finally {
    await server.shutdown();
  }
});

Deno.test("a tokenizer of the Hub counts for the experiment that names it; what leaves its range is said", async () => {
  await withHub(async () => {
    await inProject(async (folder) => {
      const started = await start(folder, { sets: ["datasets.filters[0].max_length_in_tokens=20"] });
      const step = openStep("1_generate_data", started);
      const shown = await generateData(step);
      const { prompts } = started.run.paths;
      const own = await readPayloads(join(prompts, "experiment_2.short.jsonl"));
      // "Answer: What is 1 + 1?" has 22 letters, spaces included.
      assert.deepEqual(own.map(({ prompt_tokens }) => prompt_tokens), [22, 22]);
      assert.match(
        shown,
        /2 of 2 prompts of short\.jsonl are outside 0 to 19 tokens as two renders and counts them: 22 to 22\./,
      );
      const { run, experiments } = await tokenizersOf(prompts);
      assert.deepEqual([run.name, run.origin], ["gpt2", "shipped"]);
      assert.deepEqual([experiments.two.name, experiments.two.origin], [
        "org/letters",
        "hf_tokenizer_model_id",
      ]);
      assert.equal(experiments.one, undefined);
    }, { "c.yml": withOwn("hf_tokenizer_model_id: org/letters") });
  });
});

Deno.test("the first experiment's model counts for the run, and sorts the rows; its folder comes before it", async () => {
  await withHub(async () => {
    const first = tinyConfig.replace(
      "  - name: one\n",
      "  - name: one\n    hf_tokenizer_model_id: org/letters\n",
    );
    await inProject(async (folder) => {
      const started = await start(folder);
      await generateData(openStep("1_generate_data", started));
      const { run, experiments } = await tokenizersOf(started.run.paths.prompts);
      assert.deepEqual([run.name, run.origin, experiments], ["org/letters", "hf_tokenizer_model_id", {}]);
      const payloads = await readPayloads(join(started.run.paths.prompts, "short.jsonl"));
      assert.deepEqual(payloads.map(({ prompt_tokens }) => prompt_tokens), [22, 22]);
    }, { "c.yml": first });
    const withFolder = first.replace("s3_read_data:\n", "s3_read_data:\n  tokenizer_prefix: gpt2\n");
    await inProject(async (folder) => {
      const started = await start(folder);
      await generateData(openStep("1_generate_data", started));
      const { run, experiments } = await tokenizersOf(started.run.paths.prompts);
      assert.deepEqual([run.name, run.origin, experiments], ["gpt2", "tokenizer_prefix", {}]);
    }, { "c.yml": withFolder });
  });
});

Deno.test("a model that the Hub does not have fails the step; nothing else counts in its place", async () => {
  await withHub(async () => {
    await inProject(async (folder) => {
      const step = openStep("1_generate_data", await start(folder));
      await assert.rejects(generateData(step), /"org\/gone": the model has no tokenizer\.json/);
    }, { "c.yml": withOwn("hf_tokenizer_model_id: org/gone") });
  });
});
