import assert from "node:assert/strict";
import { UserError } from "../../lib/core/mod.ts";
import { stepOverrides } from "../../lib/pipeline/step_choice.ts";

const on = (list: string) =>
  stepOverrides(list).filter((text) => text.endsWith("=yes")).map((text) => text[10]);

Deno.test("stepOverrides() switches the named steps on and all others off", () => {
  assert.deepEqual(stepOverrides(undefined), []);
  assert.equal(stepOverrides("5").length, 7);
  assert.deepEqual(on("5"), ["5"]);
  assert.deepEqual(on("3-5"), ["3", "4", "5"]);
  assert.deepEqual(on("0-1, 6"), ["0", "1", "6"]);
});

Deno.test("the analysis of a study is chosen by its name", () => {
  const chosen = (list: string) => stepOverrides(list).filter((text) => text.endsWith("=yes"));
  assert.deepEqual(chosen("study"), ["run_steps.latency_study=yes"]);
  assert.deepEqual(chosen("3,study"), ["run_steps.3_run_inference=yes", "run_steps.latency_study=yes"]);
});

Deno.test("stepOverrides() refuses what is no step", () => {
  for (const list of ["7", "a", "", "1-", "1,,2"]) assert.throws(() => stepOverrides(list), UserError, list);
});
