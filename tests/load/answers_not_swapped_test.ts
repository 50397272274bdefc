import assert from "node:assert/strict";
import { planLoad, runLoad } from "../../lib/load/mod.ts";
import { serve } from "../../lib/simulate/mod.ts";
import { readJournal, writeJsonLines } from "../../lib/storage/mod.ts";
import { endpoint, payload, spec } from "./made_up.ts";
import { sha256 } from "../../lib/core/mod.ts";

/** An engine that answers at once, out of order: what is swapped would be swapped here. */
const quick = {
  base_ms: 1,
  prefill_tokens_per_s: 1e6,
  decode_ms: 0.2,
  decode_ms_per_sequence: 0,
  slots: 64,
  jitter: 1,
};

Deno.test("5,000 distinct prompts at concurrency 32 through two workers: every answer belongs to its prompt", async () => {
  const count = 5_000;
  const run_dir = await Deno.makeTempDir();
  const rows = Array.from({ length: count }, (_, i) => {
    const prompt = `What is the name of number ${i}?`;
    return payload(sha256(prompt).slice(0, 16), { prompt, ground_truth: [`name-${i}-of-${count}`] });
  });
  await writeJsonLines(`${run_dir}/data/prompts/p.jsonl`, rows);
  const simulation = await serve({
    profile: quick,
    model_id: "m",
    accuracy: 1,
    prompts_dir: `${run_dir}/data/prompts`,
  });
  try {
    const plan = planLoad({
      seed: 1,
      config_hash: "c",
      version: "0",
      levels: [
        spec({
          endpoint: endpoint({ url: simulation.url }),
          concurrency: 32,
          requests: count,
          parameters: {},
        }),
      ],
      payloads: () => rows.map(({ payload_id }) => payload_id),
    });
    await runLoad({ plan, run_dir, workers: 2, segment: "s1", env: Deno.env.toObject() });
    const truths = new Map(rows.map(({ payload_id, ground_truth }) => [payload_id, ground_truth![0]!]));
    const records = [];
    for (const worker of ["w0", "w1"]) {
      records.push(...(await readJournal(`${run_dir}/requests/s1-${worker}.jsonl`)).records);
    }
    const answered = records.filter(({ status }) => status === "ok");
    const own = answered.filter(({ completion, payload_id }) =>
      completion!.includes(truths.get(payload_id!)!)
    );
    assert.equal(new Set(answered.map(({ payload_id }) => payload_id)).size, count);
    assert.equal(own.length, count);
  } finally {
    await simulation.close();
    await Deno.remove(run_dir, { recursive: true });
  }
});
