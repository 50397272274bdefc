import assert from "node:assert/strict";
import { seededRandom } from "../../lib/core/mod.ts";
import { varianceInflation } from "../../lib/metrics/mod.ts";
import { latencies } from "./simulated_latencies.ts";

const of = (values: ArrayLike<number>) => varianceInflation(values.length, (i) => values[i]!);

Deno.test("the inflation of four of one kind and four of another", () => {
  // Deviations 1/2 and -1/2. Lag 1: 6 - 1 = 5 quarters, lag 2: 4 - 2 = 2 quarters, of 8 quarters at lag 0: 1 + 2 x 7/8 = 2.75. The window
  // of 5 lags, both signs, covers more than half of the 8 values: twice that.
  assert.equal(of([1, 1, 1, 1, 0, 0, 0, 0]), 5.5);
  assert.equal(of([1e9 + 1, 1e9 + 1, 1e9 + 1, 1e9 + 1, 1e9, 1e9, 1e9, 1e9]), 5.5);
});

Deno.test("a series that turns at every step, or never, tells as much as independent values", () => {
  assert.equal(of([1, 0, 1, 0, 1, 0, 1, 0, 1, 0]), 1);
  assert.equal(of(Array(50).fill(3)), 1);
  assert.equal(of([1, 2]), 1);
  assert.equal(of([]), 1);
});

for (const n of [60_000, 400_000]) {
  Deno.test(`of ${n} values with an autoregression of 0.6 the inflation is 1.6 / 0.4 = 4`, () => {
    const logs = latencies(seededRandom(1, "inflation"), n, 0.6).map(Math.log);
    const found = of(logs);
    assert.ok(Math.abs(found - 4) < 0.25, `${found}`);
  });
}

Deno.test("a million values take a fraction of a second", () => {
  const values = latencies(seededRandom(1, "speed"), 1_000_000, 0.9);
  const start = performance.now();
  of(values);
  const took = performance.now() - start;
  assert.ok(took < 1000, `${took} ms`);
});
