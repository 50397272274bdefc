import assert from "node:assert/strict";
import { UserError } from "../../lib/core/mod.ts";
import { stepEntry } from "../../lib/run/mod.ts";
import { findSources, missingSteps, neededBy, optionalSteps, outputOf } from "../../lib/pipeline/sources.ts";
import { readManifest, type Run } from "../../lib/run/mod.ts";
import { inProject, load, mark, only, type Start, start } from "./made_up_project.ts";

const all = ["1_generate_data", "2_deploy_model", "3_run_inference"] as const;

/** The sources that a config with these changes finds for a step. */
async function sourceOf(folder: string, step: (typeof all)[number], options: Start = {}) {
  const { config } = await load(folder, options);
  const family = { resultsDir: `${folder}/results`, name: "tiny" };
  return (await findSources([step], config, family, options.from ?? null)).get(step) ?? null;
}

/** A run that has finished steps 1 to 3. */
async function finished(folder: string, options: Start = {}): Promise<Run> {
  const { run } = await start(folder, options);
  await mark(run, { status: "finished" }, ...all);
  return run;
}

Deno.test("a step is missing when it is off and an enabled one reads its output", () => {
  assert.deepEqual(missingSteps(["0_setup", "5_model_metric_analysis"]), ["3_run_inference"]);
  assert.deepEqual(missingSteps(["3_run_inference", "4_get_evaluations"]), [
    "1_generate_data",
    "2_deploy_model",
  ]);
  assert.deepEqual(missingSteps(["1_generate_data", "3_run_inference"]), ["2_deploy_model"]);
  assert.deepEqual(missingSteps([...all, "4_get_evaluations", "5_model_metric_analysis"]), []);
  assert.deepEqual(missingSteps(["6_cleanup", "own_notebook"]), []);
});

Deno.test("a user's own notebook needs nothing, but may read what the analysis reads", () => {
  assert.deepEqual(neededBy("own_notebook"), []);
  assert.deepEqual(optionalSteps(["own_notebook"]), ["3_run_inference"]);
  assert.deepEqual(optionalSteps(["3_run_inference", "own_notebook"]), []);
  assert.deepEqual(optionalSteps(["5_model_metric_analysis"]), []);
});

Deno.test("without an earlier run one message names the step and both ways out", async () => {
  await inProject(async (folder) => {
    await assert.rejects(sourceOf(folder, "3_run_inference"), (error) => {
      assert.ok(error instanceof UserError);
      assert.equal(
        error.message,
        'Cannot leave out step "3_run_inference": no run of "tiny" has finished it yet; ' +
          "expected an earlier run whose output can be read. " +
          "Set `3_run_inference.ipynb: yes` under run_steps, or name a run with --from RUN.",
      );
      return true;
    });
  });
});

Deno.test("the newest run that finished the step stands in; newer ones that failed do not", async () => {
  await inProject(async (folder) => {
    await finished(folder, { second: 1 });
    const newest = await finished(folder, { second: 2 });
    const failed = await start(folder, { second: 3 });
    await mark(failed.run, { status: "failed" }, ...all);
    assert.equal(await sourceOf(folder, "3_run_inference"), newest.paths.root);
  });
});

Deno.test("each step finds its own run", async () => {
  await inProject(async (folder) => {
    const older = await finished(folder, { second: 1 });
    const newer = await start(folder, { second: 2 });
    await mark(newer.run, { status: "finished" }, "1_generate_data");
    assert.equal(await sourceOf(folder, "1_generate_data"), newer.run.paths.root);
    assert.equal(await sourceOf(folder, "2_deploy_model"), older.paths.root);
  });
});

Deno.test("what differs is named: data, experiments or load", async () => {
  await inProject(async (folder) => {
    const run = await finished(folder);
    const cases: [(typeof all)[number], string, RegExp | null][] = [
      [
        "1_generate_data",
        "datasets.filters[0].max_length_in_tokens=50",
        /the data \(datasets, s3_read_data\)/,
      ],
      ["2_deploy_model", "experiments[1].instance_type=sim.large", /the experiments \(experiments, /],
      ["3_run_inference", "load.requests=3", /the load \(load, concurrency\)/],
      ["3_run_inference", "experiments[0].concurrency_levels=[4]", /the experiments /],
      ["1_generate_data", "load.requests=3", null],
      ["2_deploy_model", "datasets.filters[0].max_length_in_tokens=50", null],
      ["3_run_inference", "report.latency_budget=9", null],
      ["3_run_inference", "report.accuracy_budget=0.5", null],
    ];
    for (const [step, change, message] of cases) {
      const source = sourceOf(folder, step, { sets: [change] });
      if (message === null) assert.equal(await source, run.paths.root, `${step} ${change}`);
      else {
        await assert.rejects(source, (error) => {
          assert.ok(error instanceof UserError);
          assert.match(error.message, message);
          assert.ok(error.message.includes(`differ from those of run ${run.id}`), error.message);
          return true;
        });
      }
    }
  });
});

Deno.test("when several things differ all of them are named", async () => {
  await inProject(async (folder) => {
    await finished(folder);
    const sets = ["datasets.filters[0].max_length_in_tokens=50", "load.requests=3"];
    await assert.rejects(sourceOf(folder, "3_run_inference", { sets }), /the data .* and the load /);
  });
});

Deno.test("changed rows are other data, although the config is the same", async () => {
  await inProject(async (folder) => {
    await finished(folder);
    await Deno.writeTextFile(`${folder}/rows.jsonl`, '{"question": "new"}\n');
    await assert.rejects(sourceOf(folder, "1_generate_data"), /the data /);
  });
});

Deno.test("--from names the run, also an older one; one that has not finished the step is refused", async () => {
  await inProject(async (folder) => {
    const older = await finished(folder, { second: 1 });
    await finished(folder, { second: 2 });
    assert.equal(await sourceOf(folder, "3_run_inference", { from: older.paths.root }), older.paths.root);
    const unfinished = await start(folder, { second: 3 });
    await assert.rejects(
      sourceOf(folder, "3_run_inference", { from: unfinished.run.paths.root }),
      /has not finished it/,
    );
    await assert.rejects(sourceOf(folder, "3_run_inference", { from: `${folder}/nowhere` }), /open the run/);
  });
});

Deno.test("--from may name a run that used another run's output itself", async () => {
  await inProject(async (folder) => {
    const measured = await finished(folder, { second: 1 });
    const again = await start(folder, { sets: only(5), second: 2 });
    assert.equal(
      await sourceOf(folder, "3_run_inference", { from: again.run.paths.root }),
      measured.paths.root,
    );
  });
});

Deno.test("outputOf() is the run's own folder for a finished step, and follows the chain for one that is off", async () => {
  await inProject(async (folder) => {
    const measured = await finished(folder, { second: 1 });
    const again = await start(folder, { sets: only(5), second: 2 });
    const third = await start(folder, { sets: only(5), from: again.run.paths.root, second: 3 });
    await mark(third.run, { source: again.run.paths.root }, "3_run_inference");
    const entry = stepEntry(await readManifest(third.run.paths.manifest), "3_run_inference");
    assert.deepEqual([entry?.status, entry?.source], ["skipped", again.run.paths.root]);
    assert.equal((await outputOf(measured, "3_run_inference")).paths.root, measured.paths.root);
    assert.equal((await outputOf(third.run, "3_run_inference")).paths.root, measured.paths.root);
  });
});

Deno.test("a predecessor that did not get through names the notebook to run", async () => {
  await inProject(async (folder) => {
    const { run } = await start(folder);
    for (const status of ["pending", "running", "failed", "interrupted", "skipped"] as const) {
      await mark(run, { status }, "1_generate_data");
      await assert.rejects(outputOf(run, "1_generate_data"), (error) => {
        assert.ok(error instanceof UserError);
        assert.equal(
          error.message,
          `Cannot use the output of "1_generate_data": it is ${status} in run ${run.id}; ` +
            "expected a finished step. Run notebooks/1_generate_data.ipynb first.",
        );
        return true;
      });
    }
  });
});

Deno.test("a source is optional for an own notebook: none, or one that differs, is left out without a word", async () => {
  await inProject(async (folder) => {
    const family = { resultsDir: `${folder}/results`, name: "tiny" };
    const find = async (options: Start) =>
      (await findSources([], (await load(folder, options)).config, family, null, ["3_run_inference"]))
        .get("3_run_inference") ?? null;
    assert.equal(await find({}), null);
    const run = await finished(folder);
    assert.equal(await find({}), run.paths.root);
    assert.equal(await find({ sets: ["load.requests=3"] }), null);
  });
});
