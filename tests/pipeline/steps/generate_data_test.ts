import assert from "node:assert/strict";
import { readPayloads } from "../../../lib/data/mod.ts";
import { generateData, samplePrompt } from "../../../lib/pipeline/steps/generate_data.ts";
import { inProject, openStep, start } from "../made_up_project.ts";

Deno.test("rows become the prompts of the run; the table accounts for each row", async () => {
  await inProject(async (folder) => {
    const step = openStep("1_generate_data", await start(folder));
    const shown = await generateData(step);
    const payloads = await readPayloads(`${step.run.paths.prompts}/short.jsonl`);
    assert.deepEqual(payloads.map(({ prompt, ground_truth }) => [prompt, ground_truth]), [
      ["Answer: What is 1 + 1?", ["2", "two"]],
      ["Answer: What is 2 + 2?", ["4"]],
    ]);
    // Four rows: two are taken, one is German, one is there twice.
    assert.match(shown, /4 rows read, 2 used, 1 outside every range, 1 duplicates\./);
    assert.match(shown, /\| short\.jsonl +\| +2 \|/);
    const last = step.told.progress.at(-1);
    assert.ok(last !== undefined && last.done === last.total && last.total > 0, JSON.stringify(last));
    assert.deepEqual(step.told.failures, []);
  });
});

Deno.test("the end of step 1 tells where prompts will be repeated", async () => {
  await inProject(async (folder) => {
    const step = openStep("1_generate_data", await start(folder));
    const shown = await generateData(step);
    // Two prompts; every level of both experiments has 1 request of warm-up and 2 that are measured. "two" has one level.
    const told = step.told.log.filter((line) => /repeated/.test(line));
    assert.deepEqual(told, [
      "notice: short.jsonl (one): rows are repeated, as in FMBench, and repeats may hit a prompt cache. " +
      "33.3 % are repeats at concurrency 1, 2 (3 requests of 2 prompts).",
      "notice: short.jsonl (two): rows are repeated, as in FMBench, and repeats may hit a prompt cache. " +
      "33.3 % are repeats at concurrency 1 (3 requests of 2 prompts).",
    ]);
    assert.match(shown, /- short\.jsonl \\\(one\\\): rows are repeated/);
    const busting = openStep(
      "1_generate_data",
      await start(folder, { sets: ["load.cache_busting=yes"], second: 1 }),
    );
    assert.doesNotMatch(await generateData(busting), /repeated/);
  });
});

Deno.test("a row that is no JSON fails the step with file and line", async () => {
  await inProject(async (folder) => {
    const step = openStep("1_generate_data", await start(folder));
    await assert.rejects(generateData(step), /rows\.jsonl:2/);
    assert.equal(step.told.failures.length, 1);
  }, { "rows.jsonl": '{"question": "a"}\nno JSON\n' });
});

Deno.test("the sample is the first prompt as it is sent, and nothing in it is markup", async () => {
  const question = "# a <b>\\r\\r# c\\r\\n```\\n|";
  await inProject(async (folder) => {
    const step = openStep("1_generate_data", await start(folder));
    await generateData(step);
    const [head, blank, ...prompt] = (await samplePrompt(step)).split(/\r\n|\r|\n/);
    assert.match(head!, /^\d+ tokens, from short\.jsonl:$/);
    assert.equal(blank, "");
    assert.deepEqual(prompt, ["    Answer: # a <b>", "    ", "    # c", "    ```", "    |"]);
  }, { "rows.jsonl": `{"question": "${question}", "answers": ["x"], "language": "en"}\n` });
});

Deno.test("of a long prompt the beginning is shown", async () => {
  const question = "word ".repeat(90) + "long ".repeat(160);
  await inProject(async (folder) => {
    const step = openStep(
      "1_generate_data",
      await start(folder, { sets: ["datasets.filters[0].max_length_in_tokens=999"] }),
    );
    await generateData(step);
    const [, , prompt, rest] = (await samplePrompt(step)).split("\n");
    assert.equal(prompt!.length, 4 + 1200);
    assert.equal(rest, "    ...");
  }, { "rows.jsonl": JSON.stringify({ question, answers: ["x"], language: "en" }) + "\n" });
});
