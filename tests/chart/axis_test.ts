import assert from "node:assert/strict";
import { along, axisFor, latencyUnit, showTick } from "../../lib/chart/axis.ts";

Deno.test("axisFor() begins at zero and ends at a round number above the figures", () => {
  // 8.7 x 1.06 = 9.222; in steps of 2 that takes 5 intervals: 0 2 4 6 8 10
  assert.deepEqual(axisFor([3, 8.7]), {
    type: "linear",
    domain: [0, 10],
    ticks: [0, 2, 4, 6, 8, 10],
    budget: null,
  });
});

Deno.test("axisFor() is logarithmic when the largest figure is over 25 times the smallest", () => {
  const axis = axisFor([10, 260]);
  assert.equal(axis.type, "log");
  // 10 / 1.25 = 8 to 260 x 1.25 = 325: of 1, 2, 5 times a power of ten, 10 20 50 100 200 lie within
  assert.deepEqual(axis.domain, [8, 325]);
  assert.deepEqual(axis.ticks, [10, 20, 50, 100, 200]);
  assert.equal(axisFor([10, 250]).type, "linear");
});

Deno.test("axisFor() keeps to powers of ten where 1, 2, 5 would be too many", () => {
  assert.deepEqual(axisFor([1, 90_000]).ticks, [1, 10, 100, 1000, 10_000, 100_000]);
});

Deno.test("axisFor() takes a budget in up to 2.5 times the figures and leaves out one beyond", () => {
  assert.equal(axisFor([1, 2], { budget: 5 }).budget, 5);
  assert.equal(axisFor([1, 2], { budget: 5 }).domain[1], 6);
  assert.equal(axisFor([1, 2], { budget: 5.1 }).budget, null);
  assert.equal(axisFor([1, 2], { budget: 5.1 }).domain[1], 2.5);
});

Deno.test("axisFor() of nothing, and of zero, is still an axis", () => {
  assert.equal(axisFor([]).type, "linear");
  assert.deepEqual(axisFor([0]).domain, [0, 1]);
});

Deno.test("along() maps the domain on pixels", () => {
  const linear = { type: "linear", domain: [0, 10], ticks: [], budget: null } as const;
  assert.equal(along(linear, 2.5, 200), 50);
  const log = { type: "log", domain: [1, 100], ticks: [], budget: null } as const;
  assert.equal(along(log, 10, 200), 100);
});

Deno.test("latencyUnit() is seconds as soon as one figure reaches a second", () => {
  assert.equal(latencyUnit([3, 999]).name, "ms");
  assert.equal(latencyUnit([3, 1000]).name, "s");
});

Deno.test("showTick() shows ticks without needless zeros", () => {
  assert.deepEqual([0, 0.05, 2.5, 1000, 20_000, 0.0002].map(showTick), [
    "0",
    "0.05",
    "2.5",
    "1,000",
    "20,000",
    "2e-4",
  ]);
});
