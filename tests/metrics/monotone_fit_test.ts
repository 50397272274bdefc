import assert from "node:assert/strict";
import { fallingFit } from "../../lib/metrics/monotone_fit.ts";

Deno.test("what falls stays, neighbours that rise are pooled by weight", () => {
  assert.deepEqual(fallingFit([{ mean: 3, weight: 1 }, { mean: 2, weight: 1 }, { mean: 1, weight: 1 }]), [
    3,
    2,
    1,
  ]);
  // (1 x 1 + 3 x 4) / 4 = 3.25.
  assert.deepEqual(fallingFit([{ mean: 5, weight: 1 }, { mean: 1, weight: 1 }, { mean: 4, weight: 3 }]), [
    5,
    3.25,
    3.25,
  ]);
  // 2 and 3 make 2.5, which is above 2.25 before: all three make (2.25 + 2 + 3) / 3.
  assert.deepEqual(
    fallingFit([{ mean: 2.25, weight: 1 }, { mean: 2, weight: 1 }, { mean: 3, weight: 1 }]),
    [7.25 / 3, 7.25 / 3, 7.25 / 3],
  );
  assert.deepEqual(fallingFit([]), []);
});
