import assert from "node:assert/strict";
import { budgetsOf } from "../../lib/pipeline/budgets.ts";
import { inProject, load, tinyConfig } from "./made_up_project.ts";

Deno.test("the budgets are those of the report section; one that is not set is not asked for", async () => {
  await inProject(async (folder) => {
    const sets = ["report.latency_budget=0.5", "report.error_rate_budget=0.02", "report.accuracy_budget=0.9"];
    assert.deepEqual(budgetsOf(await load(folder, { sets })), {
      latency_budget: 0.5,
      cost_per_10k_txn_budget: 50,
      error_rate_budget: 0.02,
      accuracy_budget: 0.9,
    });
    await Deno.writeTextFile(`${folder}/c.yml`, tinyConfig.replace(/^report:.*$/m, ""));
    const { accuracy_budget, cost_per_10k_txn_budget } = budgetsOf(await load(folder));
    assert.deepEqual([accuracy_budget, cost_per_10k_txn_budget], [null, null]);
  });
});

Deno.test("of the budgets for right and for wrong answers the stricter one counts", async () => {
  await inProject(async (folder) => {
    const right = async (...sets: string[]) => budgetsOf(await load(folder, { sets })).accuracy_budget;
    const wrong = "report.accuracy_error_rate_budget=0.1";
    assert.equal(await right("report.accuracy_budget=0.8", wrong), 0.9); // 1 - 0.1 = 0.9 > 0.8
    assert.equal(await right("report.accuracy_budget=0.95", wrong), 0.95);
    assert.equal(await right("report.accuracy_budget=0.3", "report.accuracy_error_rate_budget=0.7"), 0.3);
  });
});
