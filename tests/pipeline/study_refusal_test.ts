import assert from "node:assert/strict";
import { UserError } from "../../lib/core/mod.ts";
import { refuseStudy } from "../../lib/pipeline/study_refusal.ts";
import { pendingStep } from "../../lib/run/manifest.ts";

Deno.test("what needs load levels refuses a study, and says what shows it", () => {
  const steps = ["0_setup", "3_run_inference"].map(pendingStep);
  refuseStudy({ steps }, "plan from", "r");
  assert.throws(
    () => refuseStudy({ steps: [...steps, pendingStep("latency_study")] }, "plan from", "r"),
    (error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, /^Cannot plan from "r": it is a latency study.*`fmbench report r`/);
      return true;
    },
  );
});
