/** One of FMBench's own configs, as it is but for the endpoint, with LongBench from a Hub on this machine. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { seededRandom } from "../../lib/core/mod.ts";
import { readPayloads } from "../../lib/data/mod.ts";
import { projectRoot } from "../../lib/pipeline/project.ts";
import { readJournal } from "../../lib/storage/mod.ts";
import { type HubServer, withHub } from "../data/hub_server.ts";
import { jsonLines, zipOf } from "../data/scratch.ts";
import { fmbench } from "./command.ts";

const shared = Deno.env.get("FMBENCH_SHARED") ?? join(projectRoot, "..", "shared");
const config = join(
  shared,
  ...["data", "fmbench_configs", "llama3.2", "1b", "config-llama3.2-1b-m5-16xlarge-ec2.yml"],
);
const there = await Deno.stat(config).then(() => true, () => false);

const subsets = ["2wikimqa_e", "2wikimqa", "hotpotqa_e", "hotpotqa", "narrativeqa", "triviaqa_e", "triviaqa"];
const words = ["the", "river", "town", "was", "built", "before", "a", "bridge", "and", "its", "market", "of"];

/** Rows with LongBench's columns, of 30 to 3,700 words. */
function rowsOf(subset: string): unknown[] {
  const random = seededRandom(1, ["longbench", subset]);
  return Array.from({ length: 150 }, (_, index) => ({
    input: `Which town has bridge ${index}?`,
    context: Array.from({ length: 30 + random.below(3670) }, () => words[random.below(words.length)]).join(
      " ",
    ),
    answers: [`town ${index}`, `the town of ${index}`],
    length: 1,
    dataset: subset,
    language: "en",
    all_classes: null,
    _id: `${subset}-${index}`,
  }));
}

async function withLongBench(run: (hub: HubServer, folder: string) => Promise<void>): Promise<void> {
  const members = subsets.map((subset) => [`data/${subset}.jsonl`, jsonLines(rowsOf(subset))]);
  const content = await zipOf(Object.fromEntries(members));
  const sets = {
    "THUDM/LongBench": { movedTo: "zai-org/LongBench" },
    "zai-org/LongBench": { files: { "data.zip": { content } } },
  };
  const folder = await Deno.makeTempDir({ prefix: "fmbench-test-" });
  try {
    await withHub(sets, (hub) => run(hub, folder));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test({
  name: "a LongBench config of FMBench runs from step 0 to the report on the embedded endpoint",
  ignore: !there,
  fn: () =>
    withLongBench(async (hub, folder) => {
      const ended = await fmbench([
        ...["run", "--config-file", config, "--results-dir", folder, "--tmp-dir", folder, "--json"],
        // The endpoint: the embedded one in place of a container on EC2. Few requests, for time's sake.
        ...["--set", "experiments[0].inference_script=openai_chat"],
        ...["--set", "experiments[0].simulate.profile=sim-large", "--set", "run_steps.2_deploy_model=yes"],
        ...["--set", "load.requests=3", "--set", "load.warmup_requests=1", "--set", "certify=no"],
      ], { HF_ENDPOINT: hub.endpoint, HOME: folder, XDG_CACHE_HOME: join(folder, "cache"), HF_TOKEN: "" });
      assert.equal(ended.code, 0, ended.stderr);
      const root = JSON.parse(ended.stdout).run_dir as string;
      const { records } = await readJournal(join(root, "requests", "s1-w0.jsonl"));
      assert.ok(records.every(({ status }) => status === "ok"));
      const payloads = await readPayloads(join(root, "data", "prompts", "payload_en_3000-3840.jsonl"));
      assert.ok(payloads.length >= 10, String(payloads.length));
      assert.ok(payloads.every(({ prompt_tokens }) => prompt_tokens >= 3000 && prompt_tokens < 3840));
      const log = await Deno.readTextFile(join(root, "run.log"));
      assert.match(log, /hf:THUDM\/LongBench is now called hf:zai-org\/LongBench/);
      assert.match(log, /hf:THUDM\/LongBench\/triviaqa\/test: 100 of 150 rows, drawn by the seed/);
      assert.match(await Deno.readTextFile(join(root, "report.md")), /Simulated endpoint/);
      const fetched = hub.seen.filter(({ at, method }) => at === "store" && method === "GET");
      assert.equal(fetched.length, 1, "one archive for seven subsets");
    }),
});
