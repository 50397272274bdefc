import assert from "node:assert/strict";
import { flat, ramp, steps } from "../../lib/load/rate_profile.ts";

const close = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) < 1e-9, `${actual} is not ${expected}`);

Deno.test("a flat rate expects rate x time", () => {
  close(flat(4).expected(2500), 10);
  close(flat(4).when(10), 2500);
});

Deno.test("a ramp expects the area under its line, and goes on at its last rate", () => {
  // From 2/s to 10/s in 4 s: (2 + 10) / 2 x 4 = 24. After 2 s the rate is 6: (2 + 6) / 2 x 2 = 8.
  const up = ramp([2, 10], 4000);
  close(up.expected(4000), 24);
  close(up.expected(2000), 8);
  close(up.when(8), 2000);
  close(up.when(24), 4000);
  close(up.when(34), 5000);
  close(up.expected(5000), 34);
});

Deno.test("a ramp may go down and turn: equal parts between the rates", () => {
  // 6/s down to 2/s in 1 s: 4; then up to 4/s in 1 s: 3. After 0.5 s the rate is 4: (6 + 4) / 2 x 0.5 = 2.5.
  const turn = ramp([6, 2, 4], 2000);
  close(turn.expected(500), 2.5);
  close(turn.expected(1000), 4);
  close(turn.expected(2000), 7);
  close(turn.when(2.5), 500);
  close(turn.when(7), 2000);
});

Deno.test("steps hold each rate for an equal part", () => {
  // 1/s for 2 s, then 5/s for 2 s: 2 + 10.
  const stairs = steps([1, 5], 4000);
  close(stairs.expected(4000), 12);
  close(stairs.when(2), 2000);
  close(stairs.when(7), 3000);
  close(stairs.when(17), 5000);
});
