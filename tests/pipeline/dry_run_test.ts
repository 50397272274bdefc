import assert from "node:assert/strict";
import { join } from "node:path";
import { dryRun } from "../../lib/pipeline/dry_run.ts";
import { generateData } from "../../lib/pipeline/steps/generate_data.ts";
import { inProject, load, mark, only, openStep, start, tinyConfig } from "./made_up_project.ts";

/** Names of everything below a folder. */
const namesIn = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

Deno.test("a dry run tells requests, tokens, cost and time, and leaves nothing behind", async () => {
  await inProject(async (folder) => {
    const before = namesIn(folder);
    const { forecast, text } = await dryRun({
      loaded: await load(folder, { sets: ["limits.requests=5"] }),
      resultsDir: join(folder, "results"),
      from: null,
    });
    assert.deepEqual(namesIn(folder), before);
    // Two levels of "one" and one of "two", each with 1 request of warm-up and 2 that are measured.
    assert.deepEqual(
      forecast!.experiments.map(({ experiment_name, levels, requests, basis }) => [
        experiment_name,
        levels,
        requests.most,
        basis,
      ]),
      [["one", 2, 6, "instance"], ["two", 1, 3, "token"]],
    );
    assert.equal(forecast!.total.requests.most, 9);
    // The right answers have one token, and at most 8 are asked for.
    assert.deepEqual(forecast!.total.completion_tokens, { least: 9, most: 72 });
    assert.match(text, /^Dry run: nothing was sent, and nothing was created\.\n/);
    assert.match(text, /\| one +\| +2 \| +6 \| +\d+ \| +6 to 48 \| +\$[\d.]+ to \$[\d.]+ \|/);
    assert.match(text, /The run stops at 5 requests \(`limits`\)/);
    assert.match(
      text,
      /- short\.jsonl \\\(one\\\): rows are repeated.* 33\.3 % are repeats at concurrency 1, 2 /,
    );
    assert.match(text, /Prices: us-east-1, \d{4}-\d\d-\d\d\./);
  });
});

Deno.test("with step 1 switched off, the prompts of the run that stands in for it are counted", async () => {
  await inProject(async (folder) => {
    const started = await start(folder);
    await generateData(openStep("1_generate_data", started));
    await mark(started.run, { status: "finished" }, "1_generate_data", "2_deploy_model");
    const { text, forecast } = await dryRun({
      loaded: await load(folder, { sets: only(3) }),
      resultsDir: join(folder, "results"),
      from: null,
    });
    assert.equal(forecast!.total.requests.most, 9);
    assert.ok(text.includes(`those of the plan, from ${started.run.paths.root}`), text);
  });
});

Deno.test("an experiment with prompts of its own is forecast by their lengths, also those of an earlier run", async () => {
  const config = tinyConfig.replace("  - name: two\n", "  - name: two\n    prompt_template_file: own.txt\n");
  // Each " sea" is one token more.
  const files = { "c.yml": config, "own.txt": `Answer: {question}${" sea".repeat(50)}\n` };
  await inProject(async (folder) => {
    const results = { resultsDir: join(folder, "results"), from: null };
    const tokensOf = async (sets: readonly string[]) => {
      const { forecast } = await dryRun({ loaded: await load(folder, { sets }), ...results });
      return forecast!.experiments.map(({ prompt_tokens, requests }) => prompt_tokens.most / requests.most);
    };
    const check = ([one, two]: number[]) => assert.equal(two! - one!, 50);
    check(await tokensOf([]));
    const started = await start(folder);
    await generateData(openStep("1_generate_data", started));
    await mark(started.run, { status: "finished" }, "1_generate_data", "2_deploy_model");
    check(await tokensOf(only(3)));
  }, files);
});

Deno.test("without step 3 there is nothing to send, and a guess at other endpoints' speed is called one", async () => {
  await inProject(async (folder) => {
    const options = { resultsDir: join(folder, "results"), from: null };
    const off = await dryRun({ loaded: await load(folder, { sets: only(0, 1) }), ...options });
    assert.equal(off.forecast, null);
    assert.match(off.text, /step 3 is switched off/);
  });
  await inProject(async (folder) => {
    const path = join(folder, "c.yml");
    const config = await Deno.readTextFile(path);
    await Deno.writeTextFile(
      path,
      config.replace("simulate: { profile: sim-api }", "ep_name: http://127.0.0.1:9/v1"),
    );
    const { text } = await dryRun({
      loaded: await load(folder),
      resultsDir: join(folder, "results"),
      from: null,
    });
    assert.match(text, /Time on other endpoints is a guess until they are measured/);
    assert.match(text, /two +\| brought +\| http:\/\/127\.0\.0\.1:9\/v1/);
  });
});

Deno.test("a dry run names the judges, the most that they are called, what that costs, and what stops them", async () => {
  await inProject(async (folder) => {
    const words = async (...sets: string[]) =>
      (await dryRun({
        loaded: await load(folder, { sets }),
        resultsDir: join(folder, "results"),
        from: null,
      }))
        .text.split("\n").filter((line) => /judge|Similarity|price for/.test(line));
    assert.deepEqual(await words(), ["- Answers are scored without a judge, which costs nothing."]);
    const file = "model_evaluations=model_eval_all_info.yml";
    assert.deepEqual(await words(file), ["- Answers are scored without a judge, which costs nothing."]);
    const asked = await words(file, "evaluation.panel=yes", "evaluation.dollars=2");
    // Nine requests before three judges.
    assert.match(
      asked[0]!,
      /^- 3 judges \(us\.anthropic\.claude-3-5-sonnet.*\) can make up to 27 calls for up to about \$/,
    );
    assert.match(asked[0]!, /it stops at \$2\.00 \(`evaluation\.dollars`\)\.$/);
    const own =
      "evaluation.judges=[{model_id: mine, inference_script: openai_chat, ep_name: http://127.0.0.1:9/v1}]";
    const [line, unpriced] = await words(own);
    assert.match(line!, /^- 1 judge \(mine\) can make up to 9 calls at a cost that is not known/);
    assert.equal(unpriced, "- There is no price for mine.");
  });
});
