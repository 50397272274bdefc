import assert from "node:assert/strict";
import { join } from "node:path";
import type { RequestRecord } from "../../../lib/core/mod.ts";
import { planLoad, writePlan } from "../../../lib/load/mod.ts";
import { countCompletions } from "../../../lib/pipeline/steps/completion_counts.ts";
import { endpoint, payload, record, spec } from "../../load/made_up.ts";
import { inProject, openStep, start } from "../made_up_project.ts";

const answered = (request_id: string, more: Partial<RequestRecord>) =>
  record({
    request_id,
    experiment_name: "one",
    payload_file: "short.jsonl",
    payload_id: "p0",
    completion: "Hello world",
    first_token_ms: 100,
    last_token_ms: 140,
    ...more,
  });

/** What is counted of these records in a run whose one prompt has 4 tokens. */
async function counted(records: readonly RequestRecord[]): Promise<unknown[] | null> {
  let lines: unknown[] | null = null;
  await inProject(async (folder) => {
    const started = await start(folder);
    const { paths } = started.run;
    await Deno.writeTextFile(join(paths.prompts, "short.jsonl"), JSON.stringify(payload("p0")) + "\n");
    const levels = [spec({ endpoint: endpoint({ experiment_name: "one" }), payload_file: "short.jsonl" })];
    const plan = { seed: 1, config_hash: "c", version: "0", levels, payloads: () => ["p0"] };
    await writePlan(paths.plan, planLoad(plan));
    const header = { schema: "fmbench.journal/1", segment: "s1", worker: "w0", clock: "user" };
    const origin = { origin_mono_ns: "0", origin_at: "2026-01-01T00:00:00.000Z" };
    const journal = [{ ...header, ...origin }, ...records].map((line) => JSON.stringify(line) + "\n").join(
      "",
    );
    await Deno.writeTextFile(join(paths.requests, "s1-w0.jsonl"), journal);
    await countCompletions(openStep("3_run_inference", started, new AbortController().signal));
    const text = await Deno.readTextFile(paths.completionTokens).catch(() => null);
    lines = text === null ? null : text.trim().split("\n").map((line) => JSON.parse(line));
  });
  return lines;
}

Deno.test("answers whose server did not count are counted, with what follows from it; the shipped tokenizer is an estimate", async () => {
  assert.deepEqual(await counted([answered("silent", {})]), [{
    request_id: "silent",
    attempt: 1,
    prompt_tokens: 4, // of the payload
    completion_tokens: 2, // "Hello", " world"
    token_source: "estimate",
    tpot_ms: 40, // (140 - 100) / (2 - 1)
    output_tokens_per_s: 25,
  }]);
});

Deno.test("a prompt that the server counted keeps its count; an answer in one piece gets no speed", async () => {
  const [line] =
    await counted([answered("whole", { prompt_tokens: 9, first_token_ms: null, last_token_ms: null })]) ?? [];
  const { prompt_tokens, completion_tokens, tpot_ms } = line as RequestRecord;
  assert.deepEqual([prompt_tokens, completion_tokens, tpot_ms], [9, 2, null]);
});

Deno.test("what the server counted, what failed and what said nothing is left alone", async () => {
  const lines = await counted([
    answered("said", { completion_tokens: 5, token_source: "server" }),
    answered("failed", { status: "error" }),
    answered("mute", { completion: "" }),
  ]);
  assert.equal(lines, null);
});
