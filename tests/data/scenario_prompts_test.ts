import { deepEqual, equal, rejects } from "node:assert/strict";
import { join } from "node:path";
import type { Scenario } from "../../lib/core/mod.ts";
import { distinctPrompts, loadTokenizer, readPayloads, writeScenarioPrompts } from "../../lib/data/mod.ts";
import { shippedTokenizer } from "../../lib/pipeline/steps/tokenizers.ts";

const scenario = (payload_id: string, prompt: Partial<Scenario["prompt"]> = {}): Scenario => ({
  scenario_id: payload_id,
  line: 1,
  experiment_name: "one",
  task_type: "Text-Generation",
  prompt: { payload_id, prompt: "Why is the sky blue?", ground_truth: null, max_tokens: 50, ...prompt },
});

Deno.test("each prompt is written once, with its tokens, its cap and the right answers of all its scenarios", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "prompts", "payload_scenarios.jsonl");
    const messages = [{ role: "system", content: "Be brief." }, { role: "user", content: "Why?" }];
    const progress: number[] = [];
    const report = await writeScenarioPrompts({
      scenarios: [
        scenario("a"),
        scenario("b", {
          prompt: "system: Be brief.\n\nuser: Why?",
          messages,
          ground_truth: ["So."],
          max_tokens: 5,
        }),
        scenario("a", { ground_truth: ["Light.", "Air."] }),
        scenario("a", { ground_truth: ["Air.", "Blue."] }),
      ],
      tokenizer_dir: shippedTokenizer,
      path,
      workers: 1,
      onProgress: ({ done }) => progress.push(done),
    });
    const { count } = await loadTokenizer(shippedTokenizer);
    const tokens = [count("Why is the sky blue?"), count("system: Be brief.\n\nuser: Why?")] as const;
    deepEqual(await readPayloads(path), [
      {
        payload_id: "a",
        prompt: "Why is the sky blue?",
        prompt_tokens: tokens[0],
        language: null,
        question: "Why is the sky blue?",
        ground_truth: ["Light.", "Air.", "Blue."],
        max_tokens: 50,
      },
      {
        payload_id: "b",
        prompt: "system: Be brief.\n\nuser: Why?",
        prompt_tokens: tokens[1],
        language: null,
        question: "Why?",
        ground_truth: ["So."],
        messages,
        max_tokens: 5,
      },
    ]);
    deepEqual([report.prompts, report.max_tokens], [2, { min: 5, median: 27.5, max: 50 }]);
    equal(report.tokens!.max, Math.max(...tokens));
    deepEqual(progress, [2]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("prompts keep the order of their scenarios", () => {
  deepEqual(distinctPrompts(["b", "a", "b"].map((id) => scenario(id))).map(({ payload_id }) => payload_id), [
    "b",
    "a",
  ]);
});

Deno.test("without a tokenizer nothing is written", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "payload_scenarios.jsonl");
    await rejects(writeScenarioPrompts({ scenarios: [scenario("a")], tokenizer_dir: folder, path }));
    deepEqual(await Array.fromAsync(Deno.readDir(folder)), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
