import assert from "node:assert/strict";
import { seededRandom } from "../../lib/core/mod.ts";
import { Reservoir } from "../../lib/data/mod.ts";

function sample(size: number, of: number, seed: number): number[] {
  const reservoir = new Reservoir<number>(size, seededRandom(seed, "test"));
  for (let i = 0; i < of; i++) reservoir.offer(i);
  return [...reservoir.chosen()];
}

Deno.test("a reservoir keeps everything when there is no more than it holds", () => {
  assert.deepEqual(sample(5, 3, 1), [0, 1, 2]);
  assert.deepEqual(sample(3, 3, 1), [0, 1, 2]);
});

Deno.test("a reservoir chooses the same for the same seed, other items for another, each once", () => {
  assert.deepEqual(sample(10, 1000, 1), sample(10, 1000, 1));
  assert.notDeepEqual(sample(10, 1000, 1), sample(10, 1000, 2));
  assert.equal(new Set(sample(10, 1000, 1)).size, 10);
});

Deno.test("every item of the stream has the same chance, the first and the last too", () => {
  // 4 of 20, 5,000 times: each item is expected 5000 * 4 / 20 = 1,000 times, standard deviation
  // sqrt(5000 * 0.2 * 0.8) = 28; six of these are 170.
  const counts = Array<number>(20).fill(0);
  for (let seed = 0; seed < 5000; seed++) for (const item of sample(4, 20, seed)) counts[item]!++;
  for (const [item, count] of counts.entries()) assert.ok(Math.abs(count - 1000) < 170, `${item}: ${count}`);
});
