import assert from "node:assert/strict";
import type { CapacityPlan, FleetOption } from "../../lib/core/mod.ts";
import { summarySentence } from "../../lib/report/mod.ts";
import { budgets, cell, estimate, recommendation } from "./rows.ts";

const context = { budgets, currency: "USD", simulated: false };

const fleet: FleetOption = {
  experiment_name: "beta",
  model_id: "m",
  instance_type: "ml.g5.xlarge",
  instance_count: 1,
  basis: "instance",
  measured_per_minute: estimate(90, 80, 100),
  capacity_per_minute: estimate(85, 75, 95),
  other_conditions: { round_robin: 2, least_busy: 2, bursts: 3 },
  cost_per_replica_month: 730,
  serves: true,
  replicas: estimate(2, 2, 2),
  predicted_latency_ms: 1600,
  headroom: 0.3,
  cost_per_month: 1460,
  cost_per_month_with_spare: 2190,
  cost_per_transaction: 0.001,
  reason: null,
};

function plan(best: FleetOption | null, workload: Partial<CapacityPlan["workload"]> = {}): CapacityPlan {
  return {
    payload_file: "payload_en_0-500.jsonl",
    workload: {
      requests_per_minute: 120,
      prompt_tokens: null,
      output_tokens: null,
      latency_seconds: 2,
      latency_statistic: "p95",
      from: "config",
      ...workload,
    },
    options: best === null ? [{ ...fleet, reason: "no load keeps the objective" }] : [best],
    best,
    scale: [],
    measured: { prompt_tokens: 300, output_tokens: 50 },
    notes: [],
  };
}

/** The first paragraph, from where the plan begins. */
function words(of: CapacityPlan): string {
  const found = recommendation({ qualifying: [cell()] });
  const [first] = summarySentence([found], context, of).split("\n\n");
  return first!.slice(first!.indexOf("are right. ") + "are right. ".length);
}

Deno.test("the first paragraph ends with the smallest number of instances, what they cost a month, and one to spare", () => {
  assert.equal(
    words(plan(fleet)),
    "To serve 120 requests a minute, 95 % of them within 2 s, takes **2 × ml.g5.xlarge** with **beta**: " +
      "**\\$1,460 a month**, \\$2,190 with one to spare in case one fails. " +
      "A simulation of them shows a p95 of 1.6 s, and 30 % of the capacity stays free.",
  );
});

Deno.test("the workload is said with its tokens, or as what was measured", () => {
  assert.match(
    words(plan(fleet, { prompt_tokens: 300, output_tokens: 50, latency_statistic: "mean" })),
    /^To serve 120 requests a minute of about 300 prompt and 50 output tokens, within 2 s on average, takes /,
  );
  assert.match(
    words(plan(fleet, { from: "measured" })),
    /^To serve the load that was measured, 120 requests a minute, /,
  );
});

Deno.test("replicas of several instances are counted as instances, with their interval", () => {
  const pairs = { ...fleet, instance_count: 2, replicas: estimate(3, 3, 4) };
  assert.match(
    words(plan(pairs)),
    /takes \*\*6 × ml\.g5\.xlarge\*\* with \*\*beta\*\* \(95 % interval 6 to 8\): /,
  );
  assert.match(words(plan(pairs)), /with 2 instances to spare in case one fails/);
  assert.match(words(plan({ ...pairs, replicas: estimate(3, 3, null) })), /\(95 % interval 6 to open\)/);
});

Deno.test("a per-token API has no instances, and what has no price no cost", () => {
  assert.equal(
    words(plan({ ...fleet, basis: "token", cost_per_month: 300 })),
    "To serve 120 requests a minute, 95 % of them within 2 s, takes the per-token API of **beta**: **\\$300.00 a month**.",
  );
  assert.match(
    words(plan({ ...fleet, cost_per_month: null })),
    /: what that costs is not known, as no price is given\./,
  );
});

Deno.test("where nothing serves the workload, that is said with the one reason", () => {
  assert.equal(
    words(plan(null)),
    "**No option that was measured is shown to serve** 120 requests a minute, 95 % of them within 2 s. No load keeps the objective.",
  );
});

Deno.test("the plan stands with its own payload file only", () => {
  const other = recommendation({
    payload_file: "other.jsonl",
    qualifying: [cell({ payload_file: "other.jsonl" })],
  });
  assert.doesNotMatch(summarySentence([other], context, plan(fleet)), /To serve/);
});
