import assert from "node:assert/strict";
import type { VerdictOutcome } from "../../lib/core/mod.ts";
import { decide } from "../../lib/evaluate/mod.ts";

/** FMBench's. */
const thresholds = { correct: 0.01, incorrect: 0.4 };

/** Vote, similarity, verdict. */
const flips: readonly (readonly [VerdictOutcome, number | null, VerdictOutcome])[] = [
  ["incorrect", 0.3999, "incorrect"],
  ["incorrect", 0.4, "needs_review"],
  ["incorrect", 0.9, "needs_review"],
  ["incorrect", -0.2, "incorrect"],
  ["incorrect", null, "incorrect"],
  ["correct", 0.9, "correct"],
  ["correct", 0.01, "correct"],
  ["correct", 0.0099, "needs_review"],
  ["correct", 0, "needs_review"],
  ["correct", -1, "needs_review"],
  ["correct", null, "correct"],
];
for (const [vote, similarity, verdict] of flips) {
  Deno.test(`a vote for ${vote} with a similarity of ${similarity} is ${verdict}`, () => {
    assert.equal(decide(vote, similarity, thresholds), verdict);
  });
}

for (const vote of ["undecided", "no_ground_truth", "failed", "needs_review"] as const) {
  Deno.test(`${vote} is no vote: no similarity changes it`, () => {
    assert.deepEqual([-1, 0.01, 0.4, 1].map((similarity) => decide(vote, similarity, thresholds)), [
      vote,
      vote,
      vote,
      vote,
    ]);
  });
}

Deno.test("thresholds of one's own move the flips", () => {
  const strict = { correct: 0.5, incorrect: 0.1 };
  assert.deepEqual([decide("correct", 0.49, strict), decide("correct", 0.5, strict)], [
    "needs_review",
    "correct",
  ]);
  assert.deepEqual([decide("incorrect", 0.1, strict), decide("incorrect", 0.09, strict)], [
    "needs_review",
    "incorrect",
  ]);
});
