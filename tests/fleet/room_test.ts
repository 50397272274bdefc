import assert from "node:assert/strict";
import { roomOn } from "../../lib/fleet/room.ts";

const nodes = [{ CPU: 4, slot: 1 }, { CPU: 2, slot: 1 }];

Deno.test("each node takes what its scarcest resource and the limit allow", () => {
  const room = (need: Record<string, number>, per_node: number | null = null, workers = 100) =>
    roomOn(nodes, { workers, per_node, need }).workers;
  assert.equal(room({ CPU: 1 }), 6);
  assert.equal(room({ CPU: 1.5 }), 2 + 1);
  // 0.1 is there 20 times in 2, although 2 / 0.1 and sums of tenths are not exact in binary.
  assert.equal(roomOn([{ CPU: 0.3 }], { workers: 9, per_node: null, need: { CPU: 0.1 } }).workers, 3);
  assert.equal(room({ CPU: 1, slot: 1 }), 2);
  assert.equal(room({ CPU: 1 }, 3), 3 + 2);
  assert.equal(room({ gpu: 1 }), 0);
  assert.equal(room({ CPU: 0 }, null, 7), 14);
});

Deno.test("what falls short is said with its figures, all of it, and nothing else", () => {
  const short = (need: Record<string, number>, per_node: number | null, workers: number) =>
    roomOn(nodes, { workers, per_node, need }).short;
  assert.deepEqual(short({ CPU: 1 }, null, 6), []);
  assert.deepEqual(short({ CPU: 1 }, null, 7), ["CPU: 1 a worker is there for 6 (6 on 2 nodes)"]);
  assert.deepEqual(short({ CPU: 1, slot: 1 }, 1, 7), [
    "CPU: 1 a worker is there for 6 (6 on 2 nodes)",
    "slot: 1 a worker is there for 2 (2 on 2 nodes)",
    "per_node: 1 on each of 2 nodes is 2",
  ]);
  // 4 + 2 cores are 6, and so are 3 workers on each of 2 nodes; but 3 of the 4 cores and the 2 are 5.
  assert.deepEqual(short({ CPU: 1 }, 3, 6), ["CPU and per_node together"]);
  assert.deepEqual(roomOn([{ CPU: 3 }], { workers: 4, per_node: null, need: { CPU: 1 } }).short, [
    "CPU: 1 a worker is there for 3 (3 on 1 node)",
  ]);
});
