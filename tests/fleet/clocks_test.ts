import assert from "node:assert/strict";
import { WorkerClock } from "../../lib/fleet/clocks.ts";

const at = (at_ms: number, offset_ms: number, error_ms = 0.5) => ({ at_ms, offset_ms, error_ms });

Deno.test("a level is trusted while its drift and the error of its measurements keep to the limit", () => {
  const clock = new WorkerClock();
  assert.equal(clock.take(at(0, 3000), null, 0), null);
  // 4 ms of drift and 0.5 of error.
  assert.deepEqual(clock.take(at(10_000, 3004), 0, 1), {
    level: 0,
    skew_ms: 4.5,
    limit_ms: 5,
    trusted: true,
  });
  assert.deepEqual(clock.take(at(20_000, 3009), 1, null), {
    level: 1,
    skew_ms: 5.5,
    limit_ms: 5,
    trusted: false,
  });
  assert.equal(clock.drift_ms, 9);
  assert.deepEqual(
    clock.levels.map(({ level, before, after }) => [level, before?.offset_ms, after?.offset_ms]),
    [
      [0, 3000, 3004],
      [1, 3004, 3009],
    ],
  );
});

Deno.test("over a long level a ten-thousandth of its time is allowed", () => {
  const clock = new WorkerClock();
  clock.take(at(0, 0), null, 0);
  assert.deepEqual(clock.take(at(600_000, 40), 0, null), {
    level: 0,
    skew_ms: 40.5,
    limit_ms: 60,
    trusted: true,
  });
});

Deno.test("a level that was not measured at its beginning has no skew", () => {
  const clock = new WorkerClock();
  assert.equal(clock.take(at(0, 0), 0, null), null);
});
