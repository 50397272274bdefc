import assert from "node:assert/strict";
import { describeRun, describeWorkload } from "../../../lib/pipeline/steps/setup.ts";
import { inProject, mark, only, openStep, start, tinyConfig } from "../made_up_project.ts";

/** Values of a table of facts by name. */
const factOf = (shown: string, name: string) =>
  new RegExp(`^\\| ${name} +\\| (.*?) *\\|$`, "m").exec(shown)?.[1];

Deno.test("the run, its config and seed are shown, and nothing that is not the case", async () => {
  await inProject(async (folder) => {
    const step = openStep("0_setup", await start(folder, { sets: ["load.seed=7"] }));
    const shown = await describeRun(step);
    assert.equal(factOf(shown, "seed"), "7");
    assert.equal(factOf(shown, "run"), `tiny / ${step.run.id}`);
    assert.equal(factOf(shown, "config"), step.loaded.file);
    assert.ok(!shown.includes("switched off") && !shown.includes("```"), shown);
  });
});

Deno.test("steps whose output comes from elsewhere, and what was noticed in the config, are told", async () => {
  await inProject(async (folder) => {
    const first = await start(folder, { second: 1 });
    await mark(first.run, { status: "finished" }, "3_run_inference");
    const parameters = { unused: "1" };
    const second = await start(folder, { sets: only(0, 5), parameters, second: 2 });
    const shown = await describeRun(openStep("0_setup", second));
    assert.ok(shown.includes("- step 3_run_inference is switched off: its output is read from "), shown);
    assert.ok(shown.replaceAll("\\", "").includes(first.run.paths.root), shown);
    assert.match(shown, /```text\n.*-A unused.* has no effect.*\n```/);
  });
});

Deno.test("the workload: experiments with their endpoints and loads, and the budgets in words", async () => {
  const config = tinyConfig.replace("simulate: { profile: sim-api }", "ep_name: http://127.0.0.1:9/v1") +
    "metrics: { dataset_of_interest: short }\n";
  await inProject(async (folder) => {
    const shown = describeWorkload(openStep("0_setup", await start(folder)));
    const rows = shown.split("\n").filter((line) => line.includes("short.jsonl")).map((line) =>
      line.split(/ *\| */)
    );
    assert.deepEqual(rows[0]?.slice(1, -1), [
      ...["one", "sim-small", "sim.small", "simulated endpoint", "short.jsonl", "1, 2"],
    ]);
    assert.deepEqual(rows[1]?.slice(1, -1), [
      ...["two", "sim-api", "sim-api", "http://127.0.0.1:9/v1", "short.jsonl", "1"],
    ]);
    assert.match(shown, /Budgets, for short\.jsonl: .*\b2 s\b.*\$50/);
  }, { "c.yml": config });
});
