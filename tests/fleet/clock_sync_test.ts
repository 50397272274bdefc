import assert from "node:assert/strict";
import { offsetOf, skewBetween } from "../../lib/fleet/clock_sync.ts";

Deno.test("the offset comes from the quickest round trip, and errs by half of its way at most", () => {
  // Worker 500 ms ahead. First trip: 10 ms there, 30 back (errs by 10); second: 2 there, 4 back (errs by 1).
  const offset = offsetOf([
    { asked_ms: 100, heard_ms: 610, answered_ms: 611, returned_ms: 141 },
    { asked_ms: 200, heard_ms: 702, answered_ms: 705, returned_ms: 209 },
  ]);
  // ((702 - 200) + (705 - 209)) / 2 = (502 + 496) / 2 = 499; way (209 - 200) - (705 - 702) = 6.
  assert.deepEqual(offset, { offset_ms: 499, error_ms: 3, at_ms: 200 });
});

Deno.test("a clock that is behind has a negative offset", () => {
  const trip = { asked_ms: 1000, heard_ms: 400, answered_ms: 400, returned_ms: 1002 };
  assert.deepEqual(offsetOf([trip]), { offset_ms: -601, error_ms: 1, at_ms: 1000 });
});

Deno.test("without a round trip nothing is known", () => {
  assert.throws(() => offsetOf([]), /expected a round trip/);
});

Deno.test("the skew is the drift between two measurements and the worse of their errors", () => {
  const before = { offset_ms: 10, error_ms: 0.5, at_ms: 0 };
  assert.equal(skewBetween(before, { offset_ms: 10.2, error_ms: 0.1, at_ms: 60_000 }), 10.2 - 10 + 0.5);
  assert.equal(skewBetween(before, { offset_ms: 9, error_ms: 2, at_ms: 60_000 }), 3);
});
