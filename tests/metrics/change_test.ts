import assert from "node:assert/strict";
import type { Estimate } from "../../lib/core/mod.ts";
import {
  changeOf,
  dependentMeanShift,
  holm,
  lineThrough,
  meanShift,
  sampleSizeFor,
  shiftBetween,
  smallestDetectable,
  wilson,
  z975,
} from "../../lib/metrics/mod.ts";

const estimate = (value: number | null, low: number | null, high: number | null): Estimate => ({
  value,
  low,
  high,
  n: 100,
  flagged: false,
});
const rounded = (value: number | null) => value === null ? null : Number(value.toFixed(4));

Deno.test("a change of a latency is relative, and its interval is built of logarithms", () => {
  const shift = shiftBetween(estimate(100, 90, 110), estimate(120, 110, 130), "ratio");
  // ln 1.2 = 0.18232; down hypot(ln(120/110), ln(110/100)) = 0.12905, up hypot(ln(130/120), ln(100/90)) = 0.13232.
  const { value, low, high, p_value } = changeOf(shift, "ratio");
  assert.deepEqual([value, low, high].map(rounded), [0.2, 0.0547, 0.3698]);
  // 1.96 x 0.18232 / 0.12905 = 2.769 standard errors.
  assert.equal(rounded(p_value), 0.0056);
});

Deno.test("the interval leaves out no change just when the p-value is below 0.05", () => {
  const at = (to: number) =>
    changeOf(shiftBetween(estimate(0, -3, 3), estimate(to, to - 4, to + 4), "points"), "points");
  assert.ok(at(5.001).low! > 0 && at(5.001).p_value! < 0.05);
  assert.ok(at(4.999).low! < 0 && at(4.999).p_value! > 0.05);
  assert.ok(at(-5.001).high! < 0 && at(-5.001).p_value! < 0.05);
  assert.equal(at(0).p_value, 1);
});

Deno.test("the difference of two fractions is Newcombe's: 56 of 70 and 48 of 80", () => {
  // Newcombe 1998, table II, method 10, example (a): 0.2, 0.0524 to 0.3339.
  const { value, low, high } = changeOf(shiftBetween(wilson(48, 80), wilson(56, 70), "points"), "points");
  assert.deepEqual([value, low, high].map(rounded), [0.2, 0.0524, 0.3339]);
});

Deno.test("an open end opens the interval, and no value gives no change", () => {
  const open = changeOf(shiftBetween(estimate(100, 90, null), estimate(120, 110, 130), "ratio"), "ratio");
  assert.deepEqual([open.low, open.p_value], [null, null]);
  assert.ok(open.high! > 0.2);
  const none = { scale: "ratio", value: null, low: null, high: null, p_value: null };
  assert.deepEqual(
    changeOf(shiftBetween(estimate(null, null, null), estimate(1, 1, 1), "ratio"), "ratio"),
    none,
  );
  assert.equal(shiftBetween(estimate(0, 0, 1), estimate(1, 1, 1), "ratio"), null);
});

Deno.test("figures without any spread differ or do not", () => {
  const p = (to: number) =>
    changeOf(shiftBetween(estimate(1, 1, 1), estimate(to, to, to), "ratio"), "ratio").p_value;
  assert.equal(p(1), 1);
  assert.equal(p(1.001), 0);
});

Deno.test("independent shifts share their noise, dependent ones do not", () => {
  const shifts = [{ value: 1, low: -2, high: 2 }, { value: 3, low: -1, high: null }];
  // Down 3 and 4: 5 / 2.
  assert.deepEqual(meanShift(shifts), { value: 2, low: -0.5, high: null });
  assert.deepEqual(dependentMeanShift(shifts), { value: 2, low: -1.5, high: null });
  assert.equal(meanShift([]), null);
  assert.equal(dependentMeanShift([]), null);
});

Deno.test("Holm multiplies the least p-value by the number of tests, and the others by less", () => {
  // 0.01 x 3, 0.03 x 2, 0.04 x 1 but not less than the one before.
  assert.deepEqual(holm([0.01, 0.04, null, 0.03]), [0.03, 0.06, null, 0.06]);
  assert.deepEqual(holm([0.6, 0.9]), [1, 1]);
});

Deno.test("the size for an effect grows with the square of the noise over it", () => {
  const shift = { value: 0, low: -z975 * 0.1, high: z975 * 0.1 };
  const sides = [{ from: estimate(1, 1, 1), to: estimate(1, 1, 1) }];
  // (1.95996 + 0.84162) x 0.1 = 0.28016: of a change of that size 100 requests find 80 %. And a tenth more.
  const effect = Math.expm1(0.2801585);
  assert.equal(rounded(smallestDetectable(shift)), rounded(effect));
  assert.equal(sampleSizeFor({ shift, sides }, Math.expm1(0.28015851)), 111);
  assert.equal(sampleSizeFor({ shift, sides }, Math.expm1(0.28015851 / 2)), 441);
  assert.equal(sampleSizeFor({ shift: { ...shift, high: null }, sides }, 0.05), null);
  assert.equal(smallestDetectable({ ...shift, low: null }), null);
});

Deno.test("a line through four values has the interval of their scatter", () => {
  // Slope (0.75 - 0.25 - 0.25 + 0.75) / 5 = 0.2; residuals -0.2, 0.6, -0.6, 0.2; 4.30265 x sqrt(0.8 / 2 / 5) = 1.2170.
  const { value, low, high } = lineThrough([0, 1, 0, 1]);
  assert.deepEqual([value, low, high].map(rounded), [0.2, -1.017, 1.417]);
  assert.deepEqual(lineThrough([0, 1, 2]), { value: 1, low: 1, high: 1 });
  assert.throws(() => lineThrough([0, 1]), RangeError);
});
