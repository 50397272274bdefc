import assert from "node:assert/strict";
import { ErrorRate } from "../../lib/load/error_rate.ts";
import type { Status } from "../../lib/core/mod.ts";

/** How many ends it took to exceed the limit; null: never. */
function exceededAt(limit: number | null, ends: readonly Status[]): number | null {
  const rate = new ErrorRate(limit);
  const at = ends.findIndex((status) => rate.exceededBy(status));
  return at < 0 ? null : at + 1;
}

const all = (status: Status, count: number) => new Array<Status>(count).fill(status);

Deno.test("nothing is judged before 20 requests have finished", () => {
  assert.equal(exceededAt(0.1, all("error", 19)), null);
  assert.equal(exceededAt(0.1, all("error", 30)), 20);
});

Deno.test("a rate that equals the limit has not passed it", () => {
  // 5 of 20 is a quarter; 6 of 21 more than that.
  const quarter: Status[] = [...all("error", 5), ...all("ok", 15)];
  assert.equal(exceededAt(0.25, quarter), null);
  assert.equal(exceededAt(0.25, [...quarter, "error"]), 21);
});

Deno.test("what was cancelled is neither finished nor failed", () => {
  assert.equal(exceededAt(0.1, [...all("error", 19), ...all("cancelled", 100)]), null);
  assert.equal(exceededAt(0.1, [...all("cancelled", 100), ...all("error", 20)]), 120);
});

Deno.test("once passed it stays passed, whatever follows", () => {
  const rate = new ErrorRate(0.5);
  for (const status of all("error", 20)) rate.exceededBy(status);
  for (const status of [...all("ok", 100), "cancelled" as const]) assert.ok(rate.exceededBy(status));
  assert.ok(rate.exceeded);
});

Deno.test("a limit of 0 gives up on the first failure, no limit never", () => {
  assert.equal(exceededAt(0, [...all("ok", 40), "error"]), 41);
  assert.equal(exceededAt(null, all("error", 1000)), null);
});
