import assert from "node:assert/strict";
import { Deadlines } from "../../lib/transport/deadlines.ts";

Deno.test("sleepers wake in the order of their deadlines, none early and none twice", () => {
  const deadlines = new Deadlines();
  const woken: string[] = [];
  for (const [name, at] of [["c", 30], ["a", 10], ["d", 40], ["b", 20]] as const) {
    deadlines.add(at, () => woken.push(name));
  }
  assert.equal(deadlines.next_ms, 10);
  assert.equal(deadlines.wakeUntil(9.999), false);
  assert.equal(deadlines.wakeUntil(30), true);
  assert.deepEqual(woken, ["a", "b", "c"]);
  assert.equal(deadlines.next_ms, 40);
});

Deno.test("of equal deadlines the first come is woken first, and what is taken back is not woken", () => {
  const deadlines = new Deadlines();
  const woken: number[] = [];
  const cancels = [0, 1, 2].map((i) => deadlines.add(5, () => woken.push(i)));
  cancels[1]!();
  cancels[1]!();
  deadlines.wakeUntil(5);
  assert.deepEqual(woken, [0, 2]);
  assert.equal(deadlines.next_ms, Infinity);
});
