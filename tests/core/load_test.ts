import assert from "node:assert/strict";
import { describeLoad, loadHeading, loadOf, showLoad } from "../../lib/core/mod.ts";

Deno.test("a load is requests in flight or arrivals per second", () => {
  const closed = { concurrency: 4, request_rate_rps: null };
  const open = { concurrency: null, request_rate_rps: 2.5 };
  assert.deepEqual([loadOf(closed), showLoad(closed), describeLoad(closed)], [4, "4", "concurrency 4"]);
  assert.deepEqual([loadOf(open), showLoad(open), describeLoad(open)], [2.5, "2.5/s", "2.5 arrivals/s"]);
  assert.deepEqual([loadHeading([closed]), loadHeading([closed, open])], ["In flight", "Load"]);
});
