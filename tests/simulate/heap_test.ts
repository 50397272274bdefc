import assert from "node:assert/strict";
import fc from "fast-check";
import { Heap } from "../../lib/simulate/heap.ts";

Deno.test("a heap gives back by time, and by order of arrival where times are equal", () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 9 })), (times) => {
    const heap = new Heap<[number, number]>();
    times.forEach((at, i) => heap.push(at, [at, i]));
    const out = times.map(() => heap.pop());
    const sorted = times.map((at, i): [number, number] => [at, i]).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    assert.deepEqual(out, sorted);
    assert.equal(heap.pop(), null);
  }));
});

Deno.test("peek leaves the first item where it is", () => {
  const heap = new Heap<string>();
  assert.equal(heap.peek(), null);
  heap.push(2, "late");
  heap.push(1, "early");
  assert.deepEqual([heap.peek(), heap.peek(), heap.size], ["early", "early", 2]);
});
