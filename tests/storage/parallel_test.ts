import assert from "node:assert/strict";
import { inParallel } from "../../lib/storage/mod.ts";

Deno.test("results come in the order of the items, and no more than the limit run at a time", async () => {
  let running = 0;
  let most = 0;
  const results = await inParallel([5, 1, 3, 0, 2], 2, async (turns, index) => {
    most = Math.max(most, ++running);
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    running--;
    return index * 10 + turns;
  });
  assert.deepEqual(results, [5, 11, 23, 30, 42]);
  assert.equal(most, 2);
});

Deno.test("after a failure nothing more is begun, and what runs is waited for", async () => {
  const begun: number[] = [];
  let ended = 0;
  const work = inParallel([0, 1, 2, 3, 4], 2, async (item) => {
    begun.push(item);
    for (let turn = 0; turn < item * 5; turn++) await Promise.resolve();
    if (item === 0) throw new Error("zero");
    ended++;
  });
  await assert.rejects(work, /zero/);
  assert.deepEqual(begun, [0, 1]);
  assert.equal(ended, 1);
});

Deno.test("no items are no work", async () => {
  assert.deepEqual(await inParallel([], 4, () => Promise.reject(new Error("never"))), []);
});
