import assert from "node:assert/strict";
import {
  estimatePercentile,
  mean,
  percentileInflation,
  percentiles,
  quantile,
  sorted,
} from "../../lib/metrics/mod.ts";

/** 1, 2, ..., n in descending order, so that sorting is tested too. */
const upTo = (n: number) => Array.from({ length: n }, (_, i) => n - i);

Deno.test("a quantile lies between its two nearest samples by linear interpolation", () => {
  const samples = sorted([40, 10, 30, 20]);
  // (4 - 1) x 0.5 = 1.5: half way from the second to the third.
  assert.equal(quantile(samples, 500), 25);
  // 3 x 0.9 = 2.7: 30 + 0.7 x 10.
  assert.equal(quantile(samples, 900), 37);
  assert.equal(quantile(sorted([7]), 990), 7);
  assert.equal(quantile(sorted([]), 500), null);
});

/** 20, 1, 11, 2, 12, ..., 9, 19, 10: of no percentile do neighbours stand on the same side more often than by chance. */
const mixed = [20, ...Array.from({ length: 9 }, (_, i) => [i + 1, i + 11]).flat(), 10];

Deno.test("percentiles of 1..20 with intervals from the ranks", () => {
  const { p50, p90, p95, p99 } = percentiles(mixed);
  // 19 x 0.5 = 9.5 -> 10.5. P(B <= 5) = 21,700 / 2^20 = 0.0207, P(B <= 6) = 0.0577: ranks 6 and 15.
  assert.deepEqual(p50, { value: 10.5, low: 6, high: 15, n: 20, flagged: false });
  // 19 x 0.9 = 17.1 -> 18.1. 20 < 36: the upper end is open. P(B <= 14) = 0.0113, P(B <= 15) = 0.0432: rank 15.
  assert.deepEqual({ ...p90, value: p90.value!.toFixed(9) }, {
    value: "18.100000000",
    low: 15,
    high: null,
    n: 20,
    flagged: true,
  });
  // 19 x 0.95 = 18.05 -> 19.05.
  assert.equal(p95.value!.toFixed(9), "19.050000000");
  assert.equal(p95.high, null);
  // 20 < 100: hidden altogether.
  assert.deepEqual(p99, { value: null, low: null, high: null, n: 20, flagged: true });
});

Deno.test("values in the order of their size tell as much of the median as one value", () => {
  // Ten below the median, then ten above. 20 x the autocorrelation at lag k is 20 - 3k: pairs of 31, 19 and 7, so that the inflation is
  // 1 + 2 x 57/20 = 6.7, and twice that, as the window covers more than half of the series: 20 / 13.4 is 1 sample.
  const { p50 } = percentiles(upTo(20));
  assert.deepEqual(p50, { value: 10.5, low: null, high: null, n: 20, flagged: false });
  assert.equal(percentileInflation(Float64Array.from(upTo(20)), 10.5).toFixed(9), "13.400000000");
});

for (
  const [perMille, hiddenBelow, flaggedBelow] of [
    [500, 2, 10],
    [900, 10, 50],
    [950, 20, 100],
    [990, 100, 500],
    [999, 1000, 5000],
  ] as const
) {
  Deno.test(`p${perMille / 10} is hidden under ${hiddenBelow} samples and flagged under ${flaggedBelow}`, () => {
    const at = (n: number) => estimatePercentile(sorted(upTo(n)), perMille);
    assert.equal(at(hiddenBelow - 1).value, null);
    assert.notEqual(at(hiddenBelow).value, null);
    assert.equal(at(flaggedBelow - 1).flagged, true);
    assert.equal(at(flaggedBelow).flagged, false);
  });
}

Deno.test("no samples and one sample hide every percentile", () => {
  for (const values of [[], [5]]) {
    for (const estimate of Object.values(percentiles(values))) {
      assert.deepEqual(estimate, { value: null, low: null, high: null, n: values.length, flagged: true });
    }
  }
});

Deno.test("a sample that is no finite number is refused", () => {
  for (const bad of [NaN, Infinity, -Infinity]) {
    assert.throws(() => percentiles([1, bad, 2]), RangeError);
  }
});

Deno.test("the values given are left in their order", () => {
  const values = new Float64Array([3, 1, 2]);
  percentiles(values);
  assert.deepEqual([...values], [3, 1, 2]);
});

Deno.test("a mean is the sum over the count, null without values", () => {
  assert.equal(mean([1, 2, 6]), 3);
  assert.equal(mean([]), null);
});
