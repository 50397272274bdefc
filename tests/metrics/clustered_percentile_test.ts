import assert from "node:assert/strict";
import { clusteredPercentile, percentiles } from "../../lib/metrics/mod.ts";
import { clusteredCoverage } from "./clustered_coverage.ts";

const ten = [1, 6, 2, 7, 3, 8, 4, 9, 5, 10];
const onePrompt = (n: number) => new Array<number>(n).fill(0);

Deno.test("percentiles are those of all calls together, linear between ranks", () => {
  // 9 steps from 1 to 10: p10 lies 0.9 of one above the lowest, p50 4.5.
  assert.equal(clusteredPercentile(ten, onePrompt(10), 100).value, 1.9);
  assert.equal(clusteredPercentile(ten, onePrompt(10), 500).value, 5.5);
  assert.equal(clusteredPercentile(ten, onePrompt(10), 900).value, 9.1);
});

Deno.test("a low percentile is hidden and flagged at the same numbers as the high one opposite", () => {
  for (const perMille of [100, 900]) {
    const nine = clusteredPercentile(ten.slice(1), onePrompt(9), perMille);
    assert.deepEqual(nine, { value: null, low: null, high: null, n: 9, flagged: true });
    const flagged = (n: number) =>
      clusteredPercentile(Array.from({ length: n }, (_, i) => i), onePrompt(n), perMille).flagged;
    assert.deepEqual([flagged(10), flagged(49), flagged(50)], [true, true, false]);
  }
  assert.equal(clusteredPercentile(ten, onePrompt(10), 990).value, null);
  assert.equal(clusteredPercentile([], [], 500).value, null);
});

Deno.test("calls with one prompt that are all alike tell as much as one of them", () => {
  // 12 prompts, 3 equal calls each: 12 x 1.5^2 x 12/11 / (36 / 4) = 3.273, x (2.201 / 1.96)^2 = 4.127: 8 calls, whose median lies
  // between the first and the last (P(B = 0) = 1/256, P(B <= 1) = 9/256 > 0.025).
  const order = [1, 7, 2, 8, 3, 9, 4, 10, 5, 11, 6, 12];
  const values = [...order, ...order, ...order];
  const { value, low, high } = clusteredPercentile(values, values, 500);
  assert.deepEqual([value, low, high], [6.5, 1, 12]);
  // 36 independent ones: between the 12th and the 25th.
  const { p50 } = percentiles(values);
  assert.deepEqual([p50.low, p50.high], [4, 9]);
});

Deno.test("the interval for one prompt goes by its calls in time", () => {
  const values = [...ten, ...ten.map((value) => value + 10), ...ten, ...ten.map((value) => value + 5)];
  assert.deepEqual(clusteredPercentile(values, onePrompt(40), 500), percentiles(values).p50);
});

Deno.test("of 200 experiments the interval holds the percentile of all prompts, that which knows none does not", () => {
  const model = { prompts: 50, calls: 20, between: 0.6, within: 0.4, autocorrelation: 0 };
  const { covered, unclustered, open } = clusteredCoverage(1, model, 500, 200);
  assert.ok(covered >= 182, `${covered}`);
  assert.ok(unclustered <= 130, `${unclustered}`);
  assert.equal(open, 0);
  const few = clusteredCoverage(1, { ...model, prompts: 3, calls: 100, autocorrelation: 0.3 }, 500, 200);
  assert.ok(few.covered >= 182, `${few.covered}`);
});
