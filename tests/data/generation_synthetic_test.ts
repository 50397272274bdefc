import assert from "node:assert/strict";
import { join } from "node:path";
import { generatePayloads, type GenerationOptions, readPayloads } from "../../lib/data/mod.ts";
import { rejectedWith, withFolder } from "./scratch.ts";

const gpt2 = join(import.meta.dirname!, "../../source_data/tokenizers/gpt2");

function generate(name: string, options: Partial<GenerationOptions> = {}) {
  return withFolder(async (output_dir) => {
    const report = await generatePayloads({
      source_files: [name],
      template: "Go on: {prompt}",
      template_keys: ["prompt"],
      filters: [{
        payload_file: "p.jsonl",
        language: null,
        min_length_in_tokens: 0,
        max_length_in_tokens: 1000,
      }],
      ground_truth_col_key: null,
      question_col_key: null,
      tokenizer_dir: gpt2,
      output_dir,
      ...options,
    });
    return { report, payloads: await readPayloads(join(output_dir, "p.jsonl")) };
  });
}

Deno.test("a made-up source fills a payload file with prompts of that length, the template included", async () => {
  const { report, payloads } = await generate("synthetic:tokens=120,rows=30,shared_prefix=50");
  assert.deepEqual([report.rows_read, report.rows_used, report.duplicates], [30, 30, 0]);
  assert.deepEqual(report.filters[0]!.tokens, { min: 120, median: 120, max: 120 });
  assert.ok(
    payloads.every(({ prompt_tokens, ground_truth }) => prompt_tokens === 120 && ground_truth === null),
  );
  assert.ok(payloads.every(({ prompt }) => prompt.startsWith("Go on: ")));
});

Deno.test("a made-up source has no answers, and no columns but its own", async () => {
  await rejectedWith(
    generate("synthetic:tokens=120", { ground_truth_col_key: "answers" }),
    /Cannot use the column "answers": no row of the data has it; expected one of prompt/,
  );
  await rejectedWith(
    generate("synthetic:tokens=120", { template: "{question}", template_keys: ["question"] }),
    /the row has no column "question"; expected one of its columns: prompt/,
  );
  await rejectedWith(generate("synthetic:token=120"), /"token=120" has another form/);
});
