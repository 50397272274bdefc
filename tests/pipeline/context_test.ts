import assert from "node:assert/strict";
import { Interrupted } from "../../lib/core/mod.ts";
import { attempt, count, type StepContext } from "../../lib/pipeline/context.ts";
import { inProject, openStep, start } from "./made_up_project.ts";

Deno.test("attempt() gives back what the work gives", async () => {
  await inProject(async (folder) => {
    const step = openStep("1_generate_data", await start(folder));
    assert.equal(await attempt(step, () => Promise.resolve(7)), 7);
    assert.deepEqual(step.told.failures, []);
  });
});

Deno.test("attempt() tells the step of a failure before the cell hears of it", async () => {
  await inProject(async (folder) => {
    const step = openStep("1_generate_data", await start(folder));
    const failure = new Error("no luck");
    await assert.rejects(attempt(step, () => Promise.reject(failure)), (error) => {
      assert.deepEqual(step.told.failures, [error]);
      return error === failure;
    });
  });
});

Deno.test("in a step that was stopped nothing more is done", async () => {
  await inProject(async (folder) => {
    const step = openStep("3_run_inference", await start(folder), AbortSignal.abort());
    let done = false;
    const work = attempt(step, () => Promise.resolve(done = true));
    await assert.rejects(
      work,
      (error) => error instanceof Interrupted && /first code cell/.test(error.message),
    );
    assert.equal(done, false);
    assert.equal(step.told.failures.length, 1);
  });
});

Deno.test("a step that is not open refuses before anything is done", async () => {
  const closed = new Proxy({} as StepContext, {
    get() {
      throw new Error("not open");
    },
  });
  let done = false;
  await assert.rejects(attempt(closed, () => Promise.resolve(done = true)), /not open/);
  assert.equal(done, false);
});

Deno.test("count() reports without rate, time left or errors", async () => {
  await inProject(async (folder) => {
    const step = openStep("4_get_evaluations", await start(folder));
    count(step, "judged", 2, 5);
    assert.deepEqual(step.told.progress, [
      { label: "judged", done: 2, total: 5, errors: 0, rate_per_s: null, eta_s: null },
    ]);
  });
});
