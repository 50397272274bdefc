import assert from "node:assert/strict";
import { startDelays } from "../../lib/load/mod.ts";

Deno.test("slots start in turn over half the expected service time, the first one at once", () => {
  const delays = startDelays({ seed: 1, level: 0, concurrency: 4, expected_ms: 800 });
  assert.equal(delays[0], 0);
  // window 800 / 2 = 400 ms: slot k lies in [100 k, 100 (k + 1))
  for (const slot of [1, 2, 3]) {
    assert.ok(
      delays[slot]! >= 100 * slot && delays[slot]! < 100 * (slot + 1),
      `slot ${slot}: ${delays[slot]}`,
    );
  }
  assert.deepEqual(startDelays({ seed: 1, level: 0, concurrency: 4, expected_ms: 800 }), delays);
  assert.notDeepEqual(startDelays({ seed: 1, level: 1, concurrency: 4, expected_ms: 800 }), delays);
});

Deno.test("the spread is 50 ms when nothing is known and never more than 2 s", () => {
  assert.ok(startDelays({ seed: 1, level: 0, concurrency: 50, expected_ms: null }).every((ms) => ms < 50));
  const long = startDelays({ seed: 1, level: 0, concurrency: 50, expected_ms: 60_000 });
  assert.ok(Math.max(...long) < 2000 && Math.max(...long) > 1900);
});
