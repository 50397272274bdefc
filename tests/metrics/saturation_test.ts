import assert from "node:assert/strict";
import { isSaturated, type Stay } from "../../lib/metrics/saturation.ts";
import { queueStays } from "./queues.ts";

/** One arrival a second; each takes as long as `stay_s` says. */
const arrivals = (n: number, stay_s: (i: number) => number): Stay[] =>
  Array.from({ length: n }, (_, i) => ({ due_ms: i * 1000, ended_ms: (i + stay_s(i)) * 1000 }));

Deno.test("a queue that gets longer by half a request with every arrival is saturated", () => {
  // Served in 2 s each, one after the other: request i ends at 2 (i + 1).
  const stays = arrivals(100, (i) => i + 2);
  assert.equal(isSaturated(stays, stays), true);
});

Deno.test("a level that fills up to what it has in flight is not", () => {
  // 30 in flight from second 30 on, of 200.
  const stays = arrivals(200, () => 30);
  assert.equal(isSaturated(stays, stays), false);
});

Deno.test("too few arrivals after it filled up: nobody can say", () => {
  const stays = arrivals(45, () => 30);
  assert.equal(isSaturated(stays, stays), null);
  assert.equal(isSaturated([], []), null);
});

Deno.test("of 100 queues at 80 % at most 3 are called saturated, of 100 at 150 % at least 97", () => {
  const found = (load: number) =>
    Array.from({ length: 100 }, (_, i) => queueStays({ load, servers: 4, n: 500, seed: i }))
      .filter((stays) => isSaturated(stays, stays) === true).length;
  const [below, above] = [found(0.8), found(1.5)];
  assert.ok(below <= 3, `${below}`);
  assert.ok(above >= 97, `${above}`);
});
