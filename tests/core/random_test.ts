import assert from "node:assert/strict";
import { seededRandom } from "../../lib/core/mod.ts";

Deno.test("the same seed and name give the same numbers, another name others", () => {
  const draw = (seed: number, name: string) => {
    const random = seededRandom(seed, name);
    return [random.next(), random.below(1000), random.next()];
  };
  assert.deepEqual(draw(42, "plan"), draw(42, "plan"));
  assert.notDeepEqual(draw(42, "plan"), draw(42, "plans"));
  assert.notDeepEqual(draw(42, "plan"), draw(43, "plan"));
});

Deno.test("next() is uniform: ten bins of 100,000 draws, chi-square below 27.88 (9 degrees of freedom, alpha 0.001)", () => {
  const random = seededRandom(7, "bins");
  const bins = new Array<number>(10).fill(0);
  for (let i = 0; i < 100_000; i++) bins[Math.floor(random.next() * 10)]!++;
  const chi = bins.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
  assert.ok(chi < 27.88, `chi-square ${chi}`);
});

Deno.test("consecutive draws are not correlated: |r| of 100,000 pairs below 3.3 / sqrt(n) = 0.0104", () => {
  const random = seededRandom(11, "pairs");
  let sum = 0;
  let previous = random.next();
  for (let i = 0; i < 100_000; i++) {
    const next = random.next();
    sum += (previous - 0.5) * (next - 0.5);
    previous = next;
  }
  assert.ok(Math.abs(sum / 100_000 * 12) < 0.0104, `r = ${sum / 100_000 * 12}`);
});

Deno.test("shuffled() keeps every item and leaves the original alone", () => {
  const items = [1, 2, 3, 4, 5, 6, 7, 8];
  const result = seededRandom(1, "s").shuffled(items);
  assert.deepEqual(items, [1, 2, 3, 4, 5, 6, 7, 8]);
  assert.deepEqual([...result].sort(), items);
  assert.notDeepEqual(result, items);
});

Deno.test("exponential(2) has mean 2 within 3.3 standard errors, normal() mean 0 and variance 1", () => {
  const random = seededRandom(3, "moments");
  const n = 100_000;
  let exponential = 0, sum = 0, squares = 0;
  for (let i = 0; i < n; i++) {
    exponential += random.exponential(2);
    const z = random.normal();
    sum += z;
    squares += z * z;
  }
  assert.ok(Math.abs(exponential / n - 2) < 3.3 * 2 / Math.sqrt(n));
  assert.ok(Math.abs(sum / n) < 3.3 / Math.sqrt(n));
  assert.ok(Math.abs(squares / n - 1) < 3.3 * Math.sqrt(2 / n));
});

Deno.test("below() refuses what is no positive integer", () => {
  const random = seededRandom(1, "x");
  for (const bound of [0, -1, 1.5, NaN]) assert.throws(() => random.below(bound), RangeError);
});
