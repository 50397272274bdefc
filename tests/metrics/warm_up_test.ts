import assert from "node:assert/strict";
import { warmUpLeft } from "../../lib/metrics/warm_up.ts";

/** 9 and 11 in turn: level, with a variance of 1. */
const level = (n: number) => Array.from({ length: n }, (_, i) => i % 2 === 0 ? 9 : 11);

Deno.test("a slow start is cut away in batches of five", () => {
  assert.equal(warmUpLeft([...new Array(10).fill(50), ...level(90)]), 10);
  // A batch with only two slow requests goes as a whole.
  assert.equal(warmUpLeft([...new Array(12).fill(50), ...level(88)]), 15);
});

Deno.test("a level series keeps all of its requests", () => {
  assert.equal(warmUpLeft(level(100)), 0);
  assert.equal(warmUpLeft(new Array(100).fill(7)), 0);
});

Deno.test("a start that other stretches look like is no warm-up", () => {
  const slow = new Array(10).fill(12);
  const values = [...slow, ...level(20), ...slow, ...level(20), ...slow, ...level(20), ...slow, ...level(20)];
  assert.equal(warmUpLeft(values), 0);
});

Deno.test("under 40 samples nobody can say", () => {
  assert.equal(warmUpLeft(level(39)), null);
});
