import assert from "node:assert/strict";
import { stableOrder } from "../../lib/analyze/stable_order.ts";
import { seededRandom } from "../../lib/core/mod.ts";

Deno.test("numbers come in ascending order by group, equal ones as they were, what is not a number last", () => {
  const values = Float64Array.of(3, NaN, -1, 3, 0, -2.5, 7);
  const groups = Uint16Array.of(1, 0, 1, 1, 0, 1, 0);
  // Group 0: 0 (4), 7 (6), NaN (1); group 1: -2.5 (5), -1 (2), 3 (0), 3 (3).
  assert.deepEqual([...stableOrder(values, groups)], [4, 6, 1, 5, 2, 0, 3]);
});

Deno.test("many numbers come in the same order as few", () => {
  const random = seededRandom(1, "order");
  const n = 60_000;
  const values = Float64Array.from(
    { length: n },
    (_, i) => i % 100 === 0 ? NaN : i % 3 === 0 ? random.below(50) : random.normal() * 1e6,
  );
  const groups = Uint16Array.from({ length: n }, () => random.below(3));
  const last = (value: number) => Number.isNaN(value) ? Infinity : value;
  const expected = Array.from({ length: n }, (_, i) => i).sort((a, b) =>
    groups[a]! - groups[b]! || Math.sign(last(values[a]!) - last(values[b]!)) || a - b
  );
  assert.deepEqual([...stableOrder(values, groups)], expected);
});
