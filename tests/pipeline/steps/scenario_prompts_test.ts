import assert from "node:assert/strict";
import { join } from "node:path";
import { loadConfig } from "../../../lib/config/mod.ts";
import { readPayloads } from "../../../lib/data/mod.ts";
import type { StepContext } from "../../../lib/pipeline/context.ts";
import { generateData, samplePrompt } from "../../../lib/pipeline/steps/generate_data.ts";
import { runPaths } from "../../../lib/run/mod.ts";
import { inProject } from "../made_up_project.ts";

const ask = (text_prompt: string, model_id: string) =>
  JSON.stringify({
    text_prompt,
    expected_output_tokens: 30,
    model_id,
    region: "us-east-1",
    inference_profile: "standard",
  });

Deno.test("step 1 of a study writes each prompt once and says who is asked what", async () => {
  await inProject(async (folder) => {
    await Deno.writeTextFile(
      join(folder, "s.jsonl"),
      [ask("Why is it so?", "a"), ask("Why is it so?", "b"), ask("And then?", "b")].join("\n"),
    );
    await Deno.writeTextFile(join(folder, "s.yml"), "general: { name: s }\nstudy: { scenarios: s.jsonl }\n");
    const loaded = await loadConfig(join(folder, "s.yml"), { env: {} });
    const paths = runPaths(join(folder, "run"));
    await Deno.mkdir(paths.prompts, { recursive: true });
    const progress: Parameters<StepContext["progress"]>[0][] = [];
    const step: StepContext = {
      name: "1_generate_data",
      config: loaded.config,
      loaded,
      run: { id: "r", paths },
      signal: new AbortController().signal,
      log() {},
      progress: (event) => progress.push(event),
      loadTime() {},
      fail: () => Promise.resolve(),
    };
    const text = await generateData(step);
    const payloads = await readPayloads(join(paths.prompts, "payload_scenarios.jsonl"));
    assert.deepEqual(
      payloads.map(({ prompt, prompt_tokens, max_tokens }) => [prompt, prompt_tokens, max_tokens]),
      [
        ["Why is it so?", 5, 30],
        ["And then?", 3, 30],
      ],
    );
    assert.match(text, /\| payload\\?_scenarios\.jsonl +\| +2 \| +3 \| +4 \| +5 \| +30 \| +30 \|/);
    assert.match(text, /\| b us-east-1 standard +\| +2 \| +2 \|/);
    assert.match(text, /3 scenarios\. Tokens counted by /);
    assert.deepEqual(progress.map(({ done, total }) => [done, total]), [[2, 2]]);
    assert.match(
      await samplePrompt(step),
      /^5 tokens, from payload\\?_scenarios\.jsonl:\n\n {4}Why is it so\?$/,
    );
  });
});
