import assert from "node:assert/strict";
import { highestLoad, type LoadLevel, loadLimits } from "../../lib/metrics/mod.ts";
import { seededRandom } from "../../lib/core/mod.ts";
import { seriesProportion, wilson } from "../../lib/metrics/proportion.ts";
import { plainCell } from "./plain_cell.ts";

const level = (
  concurrency: number,
  good: number,
  of: number,
  per_minute: number,
  saturated = false,
): LoadLevel => ({
  concurrency,
  request_rate_rps: null,
  transactions_per_minute: per_minute,
  goodput: { per_minute: null, share: wilson(good, of) },
  steadiness: { saturated },
});
const open = (rate: number, good: number, of: number, saturated = false): LoadLevel => ({
  ...level(0, good, of, rate * 60, saturated),
  concurrency: null,
  request_rate_rps: rate,
});

Deno.test("the share is read along the line between the levels around the limit", () => {
  // From 1 at 10/s down to 0.5 at 20/s: 0.9 is a fifth of the way, at 12/s.
  const found = highestLoad([open(20, 500, 1000), open(10, 1000, 1000), open(5, 1000, 1000)], { share: 0.9 });
  assert.equal(found.found, "between");
  assert.ok(Math.abs(found.load.value! - 12) < 1e-9);
  assert.deepEqual([found.load.low, found.load.high, found.load.n, found.load.flagged], [
    10,
    20,
    3000,
    false,
  ]);
  assert.ok(Math.abs(found.transactions_per_minute.value! - 720) < 1e-6);
  assert.deepEqual([found.transactions_per_minute.low, found.transactions_per_minute.high], [600, 1200]);
});

Deno.test("requests in flight are whole", () => {
  const found = highestLoad([level(4, 1000, 1000, 400), level(8, 500, 1000, 600)], { share: 0.9 });
  // 4 + 0.2 x 4 = 4.8.
  assert.deepEqual([found.load.value, found.transactions_per_minute.value], [4, 400]);
});

Deno.test("even the highest level keeps the objectives: at least that", () => {
  const found = highestLoad([level(1, 100, 100, 60), level(16, 100, 100, 700)], { share: 0.9 });
  assert.deepEqual([found.found, found.load.value, found.load.low, found.load.high], [
    "at_least",
    16,
    16,
    null,
  ]);
  assert.equal(found.load.flagged, false);
  assert.equal(found.transactions_per_minute.high, null);
});

Deno.test("not even the lowest level keeps them: below that", () => {
  const found = highestLoad([level(2, 10, 100, 60), level(4, 0, 100, 60)], { share: 0.9 });
  assert.deepEqual([found.found, found.load.value, found.load.low, found.load.high], [
    "below",
    null,
    null,
    2,
  ]);
});

Deno.test("a level that is not clear is no end of the interval", () => {
  // 19 of 20 good: 0.95, but the interval reaches from 0.76 to 0.99.
  const found = highestLoad([level(1, 1000, 1000, 60), level(2, 19, 20, 110), level(4, 0, 100, 120)], {
    share: 0.9,
  });
  assert.equal(found.found, "between");
  assert.deepEqual([found.load.low, found.load.high], [1, 4]);
  const open = highestLoad([level(1, 19, 20, 60), level(2, 17, 20, 100)], { share: 0.9 });
  assert.deepEqual([open.load.low, open.load.high, open.load.flagged], [null, null, true]);
});

Deno.test("a share that rises with the load is noise: neighbours are pooled", () => {
  // 0.8 and 1 of as many requests make 0.9 together, which keeps 0.9.
  const found = highestLoad([open(1, 80, 100), open(2, 100, 100), open(4, 0, 100)], { share: 0.9 });
  assert.equal(found.load.value, 2);
});

Deno.test("a level whose queue grew keeps nothing, whatever it showed", () => {
  const found = highestLoad([open(1, 1000, 1000), open(2, 1000, 1000, true)], { share: 0.9 });
  // From 1 down to 0: 0.9 is a tenth of the way.
  assert.ok(Math.abs(found.load.value! - 1.1) < 1e-9);
  assert.deepEqual([found.load.low, found.load.high], [1, null], "what it showed is no clear miss");
});

Deno.test("nothing measured, nothing known", () => {
  const found = highestLoad([], { share: 0.9 });
  assert.deepEqual([found.found, found.load.value, found.transactions_per_minute.value], [
    "unknown",
    null,
    null,
  ]);
});

Deno.test("closed and open levels, experiments and payload files are kept apart", () => {
  const share = wilson(100, 100);
  const cell = { ...plainCell, goodput: { per_minute: 1, share } };
  const limits = loadLimits([
    { ...cell, concurrency: 4 },
    { ...cell, concurrency: 1 },
    { ...cell, concurrency: null, request_rate_rps: 3 },
    { ...cell, concurrency: 2, experiment_name: "other" },
  ], { objectives: {}, share: 0.9 });
  assert.deepEqual(
    limits.map(({ experiment_name, closed, levels, load }) => [experiment_name, closed, levels, load.value]),
    [["experiment", true, [1, 4], 4], ["experiment", false, [3], 3], ["other", true, [2], 2]],
  );
});

Deno.test("of 1,000 series of levels the interval covers the limit in at least 950, also where requests are alike", () => {
  // The share falls from 1 by 0.02 for each load beyond 5: 0.9 at 10. Runs of 1 or of 5 requests are good or not together.
  for (const run of [1, 5]) {
    let covered = 0;
    for (let seed = 0; seed < 1000; seed++) {
      const random = seededRandom(seed, ["levels", run]);
      const levels = [2, 4, 6, 8, 9, 11, 12, 14, 16, 20].map((rate) => {
        const share = 1 - 0.02 * Math.max(0, rate - 5);
        const good = Array.from({ length: 400 / run }, () => random.next() < share);
        return {
          ...open(rate, 0, 1),
          goodput: { per_minute: null, share: seriesProportion(good.flatMap((one) => Array(run).fill(one))) },
        };
      });
      const { low, high } = highestLoad(levels, { share: 0.9 }).load;
      if ((low ?? 0) <= 10 && 10 <= (high ?? Infinity)) covered++;
    }
    assert.ok(covered >= 950, `runs of ${run}: ${covered}`);
  }
});
