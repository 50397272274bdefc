import assert from "node:assert/strict";
import { meanInterval, seriesMean } from "../../lib/metrics/mod.ts";

const close = (a: number | null, b: number) => assert.ok(Math.abs(a! - b) < 1e-4, `${a} ${b}`);

Deno.test("a mean has the interval of the normal distribution", () => {
  // Mean 2, deviations -1, 0, 1: s = 1; 1.96 / sqrt(3) = 1.1316.
  const { value, low, high, n, flagged } = meanInterval([[1], [2], [3]]);
  assert.deepEqual([value, n, flagged], [2, 3, true]);
  close(low, 0.8684);
  close(high, 3.1316);
  assert.equal(meanInterval(Array.from({ length: 30 }, () => [1])).flagged, false);
});

Deno.test("values that repeat within a group tell nothing new, and all of them are counted", () => {
  const { value, low, high, n } = meanInterval([[1, 1], [2, 2], [3, 3]]);
  assert.deepEqual([value, n], [2, 6]);
  close(low, 0.8684);
  close(high, 3.1316);
});

Deno.test("no value has no mean, and one group has no interval", () => {
  assert.deepEqual(meanInterval([[]]), { value: null, low: null, high: null, n: 0, flagged: true });
  assert.deepEqual(meanInterval([[4, 4]]), { value: 4, low: null, high: null, n: 2, flagged: true });
});

Deno.test("a series without likeness among neighbours has the interval of Student's t", () => {
  // 1, 3, 1, 3, ...: mean 2, s^2 = 10/9, 2.2622 x sqrt(1/9) = 0.7541.
  const { value, low, high, n, flagged } = seriesMean([1, 3, 1, 3, 1, 3, 1, 3, 1, 3]);
  assert.deepEqual([value, n, flagged], [2, 10, true]);
  close(low, 1.2459);
  close(high, 2.7541);
});

Deno.test("a series of which neighbours are alike has a wider one, and one value none", () => {
  // 3, 3, 3, 3, 1, 1, 1, 1 tell as much as 8 / 5.5 values (autocorrelation_test.ts): fewer than 2.
  assert.deepEqual(seriesMean([3, 3, 3, 3, 1, 1, 1, 1]), {
    value: 2,
    low: null,
    high: null,
    n: 8,
    flagged: true,
  });
  assert.deepEqual(seriesMean([7]), { value: 7, low: null, high: null, n: 1, flagged: true });
  assert.deepEqual(seriesMean([]), { value: null, low: null, high: null, n: 0, flagged: true });
});
