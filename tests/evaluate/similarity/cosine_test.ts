import assert from "node:assert/strict";
import { cosine, nearestCosine } from "../../../lib/evaluate/mod.ts";

const vector = (...numbers: number[]) => Float32Array.from(numbers);

Deno.test("the cosine is the product over the lengths", () => {
  assert.equal(cosine(vector(3, 4), vector(4, 3)), 0.96); // (12 + 12) / (5 * 5)
  assert.equal(cosine(vector(3, 4), vector(6, 8)), 1);
  assert.equal(cosine(vector(1, 0), vector(0, 2)), 0);
  assert.equal(cosine(vector(1, 2, 2), vector(-1, -2, -2)), -1);
});

Deno.test("rounding never leads beyond 1: (0.1, 0.8) and 7 times that would be 1.0000000000000002", () => {
  assert.equal(cosine(vector(0.1, 0.8), vector(0.7, 5.6)), 1);
});

Deno.test("without an angle there is no cosine", () => {
  assert.equal(cosine(vector(0, 0), vector(1, 0)), null);
  assert.equal(cosine(vector(1, 0), vector(0, 0)), null);
  assert.equal(cosine(vector(1, 0), vector(1, 0, 0)), null);
  assert.equal(cosine(vector(), vector()), null);
  assert.equal(cosine(vector(Infinity, 0), vector(1, 0)), null);
});

Deno.test("of several right answers the nearest counts", () => {
  const answer = vector(3, 4);
  assert.equal(nearestCosine(answer, [vector(1, 0), vector(4, 3), vector(-3, -4)]), 0.96);
  assert.equal(nearestCosine(answer, [null, vector(0, 0), vector(1, 0)]), 0.6);
  assert.equal(nearestCosine(answer, [vector(-3, -4)]), -1);
});

Deno.test("what has no vector has no similarity", () => {
  assert.equal(nearestCosine(null, [vector(1, 0)]), null);
  assert.equal(nearestCosine(vector(1, 0), []), null);
  assert.equal(nearestCosine(vector(1, 0), [null, vector(0, 0)]), null);
});
