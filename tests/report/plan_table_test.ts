import assert from "node:assert/strict";
import { planTable } from "../../lib/report/plan_table.ts";
import { sampleOptions, samplePlan } from "../chart/sample_plan.ts";

const lines = (text: string) => text.split("\n");
const row = (text: string, start: string) =>
  lines(text).find((line) => line.startsWith(`| ${start}`))?.split("|").slice(1, -1).map((cell) =>
    cell.trim()
  );

Deno.test("an option a line: what a replica carries, how many, what a month of them costs", () => {
  const text = planTable(samplePlan(), "USD");
  assert.deepEqual(row(text, "Option "), [
    ...["Option", "Replica", "Carries (requests/min)", "Replicas", "Free", "Predicted p95", "A month"],
    ...["With one to spare", "Per 10,000"],
  ]);
  // 4 x 1.2 x 730 = 3,504; 5 are 4,380; 3,504 / 87.6 million requests is 0.0000400 each.
  assert.deepEqual(row(text, "sim-small "), [
    ...["sim-small", "sim-small.xlarge", "560 (526–594)", "4 (3–5)", "12 %", "812 ms", "\\$3,504"],
    ...["\\$4,380", "\\$0.4"],
  ]);
  assert.deepEqual(row(text, "sim-tokens "), [
    ...["sim-tokens", "paid by the token", "–", "–", "–", "812 ms", "\\$43,800", "–", "\\$5.00"],
  ]);
  assert.equal(row(text, "sim-slow")![0], "sim-slow (does not serve it)");
  assert.match(text, /^- sim-slow: even at the lowest measured load the p95 is 3 s, L 2 s\.$/m);
});

Deno.test("the words come first, and how the figures came about is said", () => {
  const text = planTable(samplePlan(), "USD");
  assert.match(lines(text)[0]!, /^To serve 2,000 requests a minute.*4 × sim-small\.xlarge/);
  assert.match(text, /highest rate of random \(Poisson\) arrivals at which the p95 of a simulated replica/);
  assert.match(text, /A month has 730 hours\./);
});

Deno.test("other routings and bursts, of what was simulated", () => {
  const text = planTable(samplePlan(), "USD");
  const rows = lines(text).filter((line) => line.startsWith("| sim-small "));
  assert.match(rows[1]!, /\| +4 \| +3 \| +3 \| +6 \|$/);
  assert.ok(!planTable(samplePlan(sampleOptions.slice(2)), "USD").includes("In bursts"));
});

Deno.test("the table of rates has the options that serve, the cheapest in bold", () => {
  const text = planTable(samplePlan(), "USD");
  assert.deepEqual(row(text, "Requests/min"), [
    ...["Requests/min", "A month (million)", "sim-small", "sim-large", "sim-tokens"],
  ]);
  // 1,000,000 / 560 = 1,785.7: 1,786 x 876; 1,000,000 / 3,500 = 285.7: 286 x 4,745 = 1,357,070.
  const last = lines(text).find((line) => /^\| +1,000,000 /.test(line))!;
  assert.match(last, /1,786 × · \\\$1,564,536 \| +286 × · \*\*\\\$1,357,070\*\*/);
});

Deno.test("an open end of an interval is said in words", () => {
  const option = sampleOptions[0]!;
  const open = {
    ...option,
    capacity_per_minute: { ...option.capacity_per_minute, high: null },
    replicas: { ...option.replicas, low: null },
  };
  const found = row(planTable(samplePlan([open]), "USD"), "sim-small ")!;
  assert.deepEqual(found.slice(2, 4), ["560 (526 or more)", "4 (5 or fewer)"]);
});

Deno.test("nothing serves, nothing measured; names and notes are text", () => {
  assert.match(
    planTable(samplePlan(sampleOptions.slice(3)), "USD"),
    /No option serves any traffic within L\./,
  );
  assert.equal(planTable(null, "USD"), "Nothing was measured, so nothing can be planned.");
  const hostile = { ...sampleOptions[0]!, experiment_name: "<b>|*x*", reason: "<script>" };
  const text = planTable({ ...samplePlan([hostile]), notes: ["<i>`"] }, "USD");
  assert.doesNotMatch(text, /<b>|<script>|<i>|[^\\]`/);
});
