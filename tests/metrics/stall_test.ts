import assert from "node:assert/strict";
import { countStalled, stallLimit } from "../../lib/metrics/stall.ts";

const answer = (itl_p50_ms: number | null, itl_max_ms: number | null) => ({ itl_p50_ms, itl_max_ms });

Deno.test("a gap of more than a second is a stall, a second is none", () => {
  const answers = [answer(20, 1000), answer(20, 1001), answer(20, 900), answer(20, 30_000)];
  assert.equal(stallLimit(answers), 1000);
  assert.equal(countStalled(answers), 2);
});

Deno.test("where gaps are long anyway, a stall is ten usual ones", () => {
  // The median of 200, 300 and 400 ms.
  const answers = [answer(200, 2900), answer(300, 3001), answer(400, 3000)];
  assert.equal(stallLimit(answers), 3000);
  assert.equal(countStalled(answers), 1);
});

Deno.test("answers in one piece have no gap", () => {
  assert.equal(countStalled([answer(null, null)]), 0);
});
