import assert from "node:assert/strict";
import { budgetsOf } from "../../lib/pipeline/budgets.ts";
import { inProject, load, tinyConfig } from "./made_up_project.ts";

Deno.test("the budgets are those of the report section; one that is not set is not asked for", async () => {
  await inProject(async (folder) => {
    const sets = ["report.latency_budget=0.5", "report.error_rate_budget=0.02", "report.accuracy_budget=0.9"];
    assert.deepEqual(budgetsOf(await load(folder, { sets })), {
      latency_budget: 0.5,
      latency_statistic: "p95",
      cost_per_10k_txn_budget: 50,
      error_rate_budget: 0.02,
      accuracy_budget: 0.9,
      cosine_similarity_budget: null,
      accuracy_error_rate_budget: null,
    });
    await Deno.writeTextFile(`${folder}/c.yml`, tinyConfig.replace(/^report:.*$/m, ""));
    const { accuracy_budget, cost_per_10k_txn_budget } = budgetsOf(await load(folder));
    assert.deepEqual([accuracy_budget, cost_per_10k_txn_budget], [null, null]);
  });
});

Deno.test("a budget for answers without a verdict leaves the one for right answers alone", async () => {
  await inProject(async (folder) => {
    const sets = ["report.accuracy_error_rate_budget=0.1", "report.accuracy_budget=0.8"];
    const { accuracy_budget, accuracy_error_rate_budget } = budgetsOf(await load(folder, { sets }));
    assert.deepEqual([accuracy_budget, accuracy_error_rate_budget], [0.8, 0.1]);
  });
});

Deno.test("a budget for the similarity is held against nothing until something measures it", async () => {
  await inProject(async (folder) => {
    const budget = async (...sets: string[]) =>
      budgetsOf(await load(folder, { sets: ["report.cosine_similarity_budget=0.3", ...sets] }))
        .cosine_similarity_budget;
    assert.equal(await budget(), null);
    assert.equal(await budget("evaluation.embedder.kind=local"), 0.3);
  });
});

Deno.test("a budget for the cost is held against nothing where no experiment has a price", async () => {
  await inProject(async (folder) => {
    const budget = async (...sets: string[]) =>
      budgetsOf(await load(folder, { sets })).cost_per_10k_txn_budget;
    assert.equal(await budget(), 50);
    const unpriced = [0, 1].flatMap((i) =>
      ["simulate=", "ep_name=http://127.0.0.1:9/v1", "instance_type=mine", "model_id=mine"]
        .map((setting) => `experiments[${i}].${setting}`)
    );
    assert.equal(await budget(...unpriced), null);
    assert.equal(await budget(...unpriced, "experiments[0].price_per_hour=2"), 50);
  });
});
