import assert from "node:assert/strict";
import { isStepName, stepNames } from "../../lib/core/mod.ts";

Deno.test("the seven steps are numbered in their order", () => {
  assert.deepEqual(stepNames.map((name) => name[0]), ["0", "1", "2", "3", "4", "5", "6"]);
});

Deno.test("isStepName() knows the seven and no file name, old name or property", () => {
  assert.ok(stepNames.every(isStepName));
  for (const name of ["3_run_inference.ipynb", "4_model_metric_analysis", "length", "", "own"]) {
    assert.equal(isStepName(name), false, name);
  }
});
