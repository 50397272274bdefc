import assert from "node:assert/strict";
import { join } from "node:path";
import { Interrupted, UserError } from "../../lib/core/mod.ts";
import { openStep } from "../../lib/notebook/open_step.ts";
import { setOpenStep, step } from "../../lib/notebook/step.ts";
import { type Manifest, readManifest, type Run, stepEntry } from "../../lib/run/mod.ts";
import { inProject, mark, start, tinyConfig } from "../pipeline/made_up_project.ts";
import { type Ended, runProgram } from "./made_up_kernel.ts";

/** A test in this process, by hand. The listener of the stop button stays for good, on purpose. */
function test(name: string, fn: () => Promise<void>): void {
  Deno.test({
    name,
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      try {
        await fn();
      } finally {
        setOpenStep(null);
      }
    },
  });
}

const manifestOf = (run: Run): Promise<Manifest> => readManifest(run.paths.manifest);
const exists = (path: string) => Deno.stat(path).then(() => true, () => false);

test("opening marks the step as running and takes the lock; finishing marks it finished and gives the lock back", async () => {
  await inProject(async (folder) => {
    const { run } = await start(folder);
    await openStep("1_generate_data", { run: run.paths.root });
    assert.equal(step.name, "1_generate_data");
    assert.equal(step.run.paths.root, run.paths.root);
    const running = stepEntry(await manifestOf(run), "1_generate_data")!;
    assert.deepEqual([running.status, running.ended_at, running.error], ["running", null, null]);
    assert.ok(Math.abs(Date.parse(running.started_at!) - Date.now()) < 10_000);
    assert.equal(await exists(run.paths.lock), true);
    await step.finish();
    const finished = stepEntry(await manifestOf(run), "1_generate_data")!;
    assert.deepEqual([finished.status, finished.load_s], ["finished", null]);
    assert.ok(finished.ended_at! >= finished.started_at!);
    assert.equal(await exists(run.paths.lock), false);
    const log = await Deno.readTextFile(run.paths.log);
    assert.match(log, /info 1_generate_data step started\n.*info 1_generate_data step finished\n$/);
  });
});

test("the seconds of load are added up, and progress is written with step and time", async () => {
  await inProject(async (folder) => {
    const { run } = await start(folder);
    await openStep("1_generate_data", { run: run.paths.root });
    step.loadTime(1.5);
    step.loadTime(2);
    step.progress({ label: "rows", done: 3, total: 3, errors: 0, rate_per_s: null, eta_s: null });
    await step.finish();
    assert.equal(stepEntry(await manifestOf(run), "1_generate_data")?.load_s, 3.5);
    const { at, ...event } = JSON.parse(await Deno.readTextFile(run.paths.progress));
    assert.match(at, /^\d{4}-\d\d-\d\dT.*Z$/);
    assert.deepEqual(event, {
      ...{
        step: "1_generate_data",
        label: "rows",
        done: 3,
        total: 3,
        errors: 0,
        rate_per_s: null,
        eta_s: null,
      },
    });
  });
});

test("a step that a limit of the run stops is interrupted, not failed", async () => {
  await inProject(async (folder) => {
    const { run } = await start(folder);
    await openStep("1_generate_data", { run: run.paths.root });
    await step.fail(new Interrupted("limits.requests: 8 of 8 were sent"));
    const { status, error } = stepEntry(await manifestOf(run), "1_generate_data")!;
    assert.deepEqual([status, error], ["interrupted", "limits.requests: 8 of 8 were sent"]);
  });
});

test("a step whose predecessor is missing names its notebook, stays closed and leaves no lock", async () => {
  await inProject(async (folder) => {
    const { run } = await start(folder);
    await mark(run, { status: "finished" }, "1_generate_data");
    await assert.rejects(
      openStep("3_run_inference", { run: run.paths.root }),
      (error) =>
        error instanceof UserError && error.message.endsWith("Run notebooks/2_deploy_model.ipynb first."),
    );
    assert.equal(await exists(run.paths.lock), false);
    assert.equal(stepEntry(await manifestOf(run), "3_run_inference")?.status, "pending");
    assert.throws(() => step.name, /This step is not open/);
  });
});

test("a config that was changed since is refused, unless budgets changed", async () => {
  await inProject(async (folder) => {
    const { run } = await start(folder);
    const edit = (from: string, to: string) =>
      Deno.writeTextFile(join(folder, "c.yml"), tinyConfig.replace(from, to));
    await edit("latency_budget: 2", "latency_budget: 9");
    await openStep("1_generate_data", { run: run.paths.root });
    assert.equal(step.config.report.latency_budget, 9);
    await step.finish();
    await edit("requests: 2", "requests: 3");
    await assert.rejects(openStep("1_generate_data", { run: run.paths.root }), (error) => {
      assert.ok(error instanceof UserError);
      assert.equal(
        error.message,
        `Cannot open step "1_generate_data": the config's load changed since run ${run.id} was started; expected ` +
          `${join(folder, "c.yml")} as it was then (budgets, prices and judges may change). ` +
          "Start a new run with notebooks/0_setup.ipynb.",
      );
      return true;
    });
    assert.equal(await exists(run.paths.lock), false);
  });
});

test("a failure is written down, the lock given back, and the step can't be finished before it was run again", async () => {
  await inProject(async (folder) => {
    const { run } = await start(folder);
    await openStep("1_generate_data", { run: run.paths.root });
    await step.fail(new Error("no luck"));
    const manifest = await manifestOf(run);
    const { status, error, ended_at } = stepEntry(manifest, "1_generate_data")!;
    assert.deepEqual([status, error, ended_at !== null, manifest.status], [
      "failed",
      "no luck",
      true,
      "failed",
    ]);
    assert.match(await Deno.readTextFile(run.paths.log), / error 1_generate_data no luck\n$/);
    assert.equal(await exists(run.paths.lock), false);
    await assert.rejects(step.finish(), /Cannot finish step "1_generate_data": a cell above has failed/);
    assert.equal(stepEntry(await manifestOf(run), "1_generate_data")?.status, "failed");
    await openStep("1_generate_data", { run: run.paths.root });
    await step.finish();
    const again = await manifestOf(run);
    assert.equal(stepEntry(again, "1_generate_data")?.error, null);
    assert.deepEqual([stepEntry(again, "1_generate_data")?.status, again.status], ["finished", "running"]);
  });
});

test("opening the next step gives back the lock of the one before", async () => {
  await inProject(async (folder) => {
    const [first, second] = [await start(folder, { second: 1 }), await start(folder, { second: 2 })];
    await openStep("1_generate_data", { run: first.run.paths.root });
    await openStep("1_generate_data", { run: second.run.paths.root });
    assert.deepEqual(
      [await exists(first.run.paths.lock), await exists(second.run.paths.lock)],
      [false, true],
    );
    assert.equal(step.run.id, second.run.id);
    await step.finish();
  });
});

test("a run in which another process works is left alone", async () => {
  await inProject(async (folder) => {
    const { run } = await start(folder);
    const worker = new Deno.Command("sleep", { args: ["60"] }).spawn();
    try {
      const holder = { pid: worker.pid, step: "3_run_inference", since: "2026-01-01T00:00:00Z" };
      await Deno.writeTextFile(run.paths.lock, JSON.stringify(holder));
      await assert.rejects(
        openStep("1_generate_data", { run: run.paths.root }),
        /step 3_run_inference is running in this run since 2026-01-01T00:00:00Z/,
      );
      assert.deepEqual(JSON.parse(await Deno.readTextFile(run.paths.lock)), holder);
    } finally {
      worker.kill("SIGKILL");
      await worker.status;
    }
  });
});

/** A headless step as the runner starts it: config, run and options come from the environment. */
async function headless(folder: string, run: Run, code: string): Promise<Ended> {
  return await runProgram(
    `
    const { openStep, step } = await import("lib/notebook/mod.ts");
    ${code}`,
    {
      env: {
        FMBENCH_CONFIG: join(folder, "c.yml"),
        FMBENCH_RUN: run.paths.root,
        FMBENCH_OPTIONS: JSON.stringify({ sets: ["load.requests=5"] }),
      },
    },
  );
}

Deno.test("headless the environment wins over what the first cell says, and nothing is drawn", async () => {
  await inProject(async (folder) => {
    const { run } = await start(folder, { sets: ["load.requests=5"] });
    const { told, sent, stdout } = await headless(
      folder,
      run,
      `
      await openStep("0_setup", { config: "/nowhere.yml", run: "/nowhere" });
      step.progress({ label: "x", done: 1, total: 1, errors: 0, rate_per_s: null, eta_s: null });
      tell([step.run.paths.root, step.config.load.requests]);
      await step.finish();
      Deno.exit(0);`,
    );
    assert.deepEqual(told, [[run.paths.root, 5]]);
    assert.deepEqual([sent, stdout], [[], ""]);
    const manifest = await manifestOf(run);
    assert.equal(stepEntry(manifest, "0_setup")?.status, "finished");
    // How the run ends is the runner's to say.
    assert.equal(manifest.status, "running");
  });
});

Deno.test("a step that is stopped is interrupted, and keeps its values", async () => {
  await inProject(async (folder) => {
    const { run } = await start(folder, { sets: ["load.requests=5"] });
    const { told } = await headless(
      folder,
      run,
      `
      await openStep("0_setup");
      const value = 42;
      await new Promise((resolve) => {
        step.signal.addEventListener("abort", resolve);
        Deno.kill(Deno.pid, "SIGINT");
      });
      await step.fail(new Error("stopped while working"));
      await step.finish().catch((error) => tell([value, error.message]));
      Deno.exit(0);`,
    );
    const [[value, message]] = told as [[number, string]];
    assert.equal(value, 42);
    assert.match(message, /Cannot finish step "0_setup": it was interrupted/);
    const entry = stepEntry(await manifestOf(run), "0_setup")!;
    assert.deepEqual([entry.status, entry.error], ["interrupted", "stopped while working"]);
  });
});

Deno.test("by hand the cell says which step of which run it opened; the run ends with its last step", async () => {
  await inProject(async (folder) => {
    const { run } = await start(folder);
    await mark(
      run,
      { status: "finished" },
      "0_setup",
      "1_generate_data",
      "2_deploy_model",
      "3_run_inference",
    );
    await mark(run, { status: "skipped" }, "4_get_evaluations", "5_model_metric_analysis");
    const { stdout } = await runProgram(`
      const { openStep, step } = await import("lib/notebook/mod.ts");
      await openStep("6_cleanup", { run: ${JSON.stringify(run.paths.root)} });
      await step.finish();
      Deno.exit(0);`);
    assert.equal(stdout, `6_cleanup · run ${run.id}`);
    assert.equal((await manifestOf(run)).status, "finished");
  });
});
