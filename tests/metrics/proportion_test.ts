import assert from "node:assert/strict";
import { wilson } from "../../lib/metrics/mod.ts";

const rounded = (value: number | null) => value === null ? null : Number(value.toFixed(4));

Deno.test("half of 10 trials", () => {
  // (0.5 + 3.8415/20 -+ 1.96 x sqrt(0.025 + 3.8415/400)) / (1 + 3.8415/10) = (0.6921 -+ 0.3646) / 1.3841.
  const { value, low, high, n, flagged } = wilson(5, 10);
  assert.deepEqual([value, rounded(low), rounded(high), n, flagged], [0.5, 0.2366, 0.7634, 10, true]);
});

Deno.test("no success still leaves room for some", () => {
  // z^2 / (n + z^2) = 3.8415 / 13.8415 = 0.2775.
  const { value, low, high } = wilson(0, 10);
  assert.deepEqual([value, low, rounded(high)], [0, 0, 0.2775]);
});

Deno.test("nothing but successes still leaves room for a failure", () => {
  // n / (n + z^2) = 10 / 13.8415 = 0.7225.
  const { value, low, high } = wilson(10, 10);
  assert.deepEqual([value, rounded(low), high], [1, 0.7225, 1]);
});

Deno.test("nothing is known without trials, and under 20 it is flagged", () => {
  assert.deepEqual(wilson(0, 0), { value: null, low: null, high: null, n: 0, flagged: true });
  assert.equal(wilson(1, 19).flagged, true);
  assert.equal(wilson(1, 20).flagged, false);
});
