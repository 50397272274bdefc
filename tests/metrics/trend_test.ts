import assert from "node:assert/strict";
import { trendOf } from "../../lib/metrics/trend.ts";

Deno.test("the change is that of the least squares line from the first sample to the last, relative to the mean", () => {
  // 100, 101, ..., 119: from 100 to 119 along a line, mean 109.5.
  const { change, noise } = trendOf(Array.from({ length: 20 }, (_, i) => 100 + i))!;
  assert.ok(Math.abs(change - 19 / 109.5) < 1e-12);
  assert.ok(noise < 1e-9, "a line has no residuals");
});

Deno.test("the noise comes from the partial sums of the residuals", () => {
  // +1 and -1 in turn about 10, n = 20: slope = sum (i - 9.5) y / sum (i - 9.5)² = -10 / 665.
  const values = Array.from({ length: 20 }, (_, i) => i % 2 === 0 ? 11 : 9);
  const { change, noise } = trendOf(values)!;
  assert.ok(Math.abs(change - (-10 / 665) * 19 / 10) < 1e-12);
  assert.ok(noise > Math.abs(change));
});

Deno.test("under 20 samples, and about a mean of 0, there is no trend to speak of", () => {
  assert.equal(trendOf(new Array(19).fill(1)), null);
  assert.equal(trendOf(new Array(30).fill(0)), null);
  assert.deepEqual(trendOf(new Array(30).fill(5)), { change: 0, noise: 0 });
});
