import assert from "node:assert/strict";
import { UserError } from "../../lib/core/mod.ts";
import { planRun } from "../../lib/pipeline/plan.ts";
import { planTable } from "../../lib/report/mod.ts";
import type { Run } from "../../lib/run/mod.ts";
import { finishedRun } from "./generated_comparison.ts";
import { inProject } from "./made_up_project.ts";

/** A run with one level of two experiments, one in flight: 100 and 200 ms in the median, 600 and 300 a minute. */
async function withRun(sets: readonly string[], work: (run: Run) => Promise<void>): Promise<void> {
  await inProject(async (folder) => {
    await work(
      await finishedRun(folder, 1, [
        { experiment: "one", median_ms: 100 },
        { experiment: "two", median_ms: 200 },
      ], sets),
    );
  });
}

Deno.test("a run's plan: from its requests, its prices and its workload", async () => {
  await withRun(
    ["report.workload.users=400", "report.workload.requests_per_user_per_minute=2"],
    async (run) => {
      const { plan, currency } = await planRun(run.paths.root, {});
      assert.equal(currency, "USD");
      assert.deepEqual(plan.workload, {
        ...{ requests_per_minute: 800, prompt_tokens: null, output_tokens: null, from: "config" },
        ...{ latency_seconds: 2, latency_statistic: "p95" },
      });
      assert.deepEqual(plan.options.map(({ experiment_name }) => experiment_name), ["one", "two"]);
      // sim.small costs 1.20 an hour. At most 95 % of 600 or so a minute each: two.
      assert.equal(plan.best!.replicas.value, 2);
      assert.equal(Math.round(plan.best!.cost_per_month!), 1752);
      assert.ok(plan.options[1]!.replicas.value! > 2);
      assert.match(planTable(plan, currency), /^To serve 800 requests a minute/);
    },
  );
});

Deno.test("what is asked for on the command line goes before what the run says", async () => {
  await withRun(["report.workload.requests_per_minute=800"], async (run) => {
    const { plan } = await planRun(run.paths.root, {
      latency_seconds: 1,
      prompt_tokens: 400,
      payload_file: "short",
    });
    assert.equal(plan.workload.requests_per_minute, 800);
    assert.equal(plan.workload.latency_seconds, 1);
    assert.equal(plan.payload_file, "short.jsonl");
    // The generated requests have 40 tokens.
    assert.match(plan.notes[0]!, /prompts of 400 tokens are asked for, those measured have 40 on average/);
    await assert.rejects(
      () => planRun(run.paths.root, { payload_file: "long" }),
      (error) =>
        error instanceof UserError &&
        /"long": the run has not measured it; expected short/.test(error.message),
    );
  });
});

Deno.test("without a workload it is the load that was measured", async () => {
  await withRun([], async (run) => {
    const { plan } = await planRun(run.paths.root, {});
    assert.equal(plan.workload.from, "measured");
    // One in flight, lognormal of median 100 ms: about 600 a minute.
    assert.ok(Math.abs(plan.workload.requests_per_minute / 600 - 1) < 0.2);
  });
});

Deno.test("a folder that is no run is refused", async () => {
  await assert.rejects(() => planRun("/nowhere", {}), UserError);
});
