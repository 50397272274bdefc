/**
 * Real llama.cpp servers as processes that a run starts: two copies, benchmarked, and gone. Skipped with the other tests of llama.cpp,
 * and where it is not installed in `.venv-engines`.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { owed } from "../../lib/deploy/mod.ts";
import { localProcess } from "../../lib/deploy/processes/local_process.ts";
import { planLoad, runLoad } from "../../lib/load/mod.ts";
import { projectRoot } from "../../lib/pipeline/project.ts";
import { readJournal, writeJsonLines } from "../../lib/storage/mod.ts";
import { commanded, copies } from "../deploy/processes/made_up.ts";
import { scene } from "../deploy/scene.ts";
import { payload, spec } from "../load/made_up.ts";
import { llamaUrl } from "./llama_server.ts";

const venv = join(projectRoot, ".venv-engines");
const command = [
  join(venv, "bin", "python"),
  join(projectRoot, "tests", "engines", "llama_process.py"),
  join(venv, "gemma-3-270m-q4_k_m.gguf"),
  "{port}",
];

const installed = await Deno.stat(command[2]!).then(({ isFile }) => isFile, () => false);

Deno.test({
  name: "two copies of a real llama.cpp are started, share 200 requests within 10 %, and are gone",
  ignore: llamaUrl === undefined || !installed,
  async fn() {
    const { run, context } = await scene();
    const experiment = commanded(command, { ...copies(2), metrics_url: "http://127.0.0.1:{port}/metrics" });
    try {
      const endpoint = await localProcess.deploy(experiment, { ...context, env: Deno.env.toObject() });
      assert.ok(endpoint.ready_after_s! > 0);
      const rows = Array.from({ length: 20 }, (_, i) => payload(`p${i}`, { prompt: `Say the number ${i}.` }));
      await writeJsonLines(`${run}/data/prompts/p.jsonl`, rows);
      const limits = { timeout_ms: 60_000, stall_ms: 60_000 };
      const level = spec({
        endpoint,
        concurrency: 4,
        requests: 200,
        parameters: { max_tokens: 2 },
        ...limits,
      });
      const payloads = () => rows.map(({ payload_id }) => payload_id);
      const plan = planLoad({ seed: 1, config_hash: "c", version: "0", levels: [level], payloads });
      await runLoad({ plan, run_dir: run, segment: "s1", env: Deno.env.toObject() });
      const { records } = await readJournal(`${run}/requests/s1-w0.jsonl`);
      const answered = records.filter(({ status }) => status === "ok");
      // One that met a connection that llama.cpp had just closed went out once more.
      assert.equal(answered.length, 200);
      const shares = [0, 1].map((copy) => answered.filter(({ replica }) => replica === copy).length);
      assert.ok(shares.every((share) => Math.abs(share - 100) <= 10), String(shares));
      const told = await Promise.all(endpoint.observed!.metrics_urls!.map(async (url) => {
        const text = await (await fetch(url)).text();
        return Number(/^llamacpp:tokens_predicted_total (\d+)/m.exec(text)?.[1]);
      }));
      assert.ok(told.every((tokens) => tokens > 0), String(told));
      console.log(`requests by copy ${shares}, tokens by the servers' own count ${told}`);
    } finally {
      const removal = { run_dir: run, env: {}, log: () => {} };
      for (const resource of owed(run).reverse()) {
        assert.equal(await localProcess.remove(resource, removal), "removed");
        assert.equal(await localProcess.remove(resource, removal), "already gone");
      }
      await Deno.remove(run, { recursive: true });
    }
  },
});
