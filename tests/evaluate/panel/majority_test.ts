import assert from "node:assert/strict";
import type { VoteOutcome } from "../../../lib/core/mod.ts";
import { seededRandom } from "../../../lib/core/mod.ts";
import { countVerdictTypes, majorityOf, quorumOf } from "../../../lib/evaluate/mod.ts";

const letters: Readonly<Record<string, VoteOutcome>> = {
  c: "correct",
  i: "incorrect",
  u: "unparsable",
  f: "failed",
};
const decided = (votes: string, judges = votes.length) => {
  const { verdict, verdict_type } = majorityOf([...votes].map((letter) => letters[letter]!), judges);
  return `${verdict} ${verdict_type}`;
};

Deno.test("the majority of the votes that are there decides, by FMBench's names", () => {
  assert.equal(decided("ccc"), "correct correct_by_unanimous_decision");
  assert.equal(decided("iii"), "incorrect incorrect_by_unanimous_decision");
  assert.equal(decided("cci"), "correct correct_by_majority_vote_w_1_dissagreement");
  assert.equal(decided("ici"), "incorrect incorrect_by_majority_vote_w_1_dissagreement");
  assert.equal(decided("cciic"), "correct correct_by_majority_vote_w_2_dissagreement");
  assert.equal(decided("c"), "correct correct_by_unanimous_decision");
});

Deno.test("two of three votes decide if they agree; the missing one is counted", () => {
  assert.equal(decided("ccu"), "correct correct_by_unanimous_decision");
  assert.equal(majorityOf(["correct", "correct", "failed"], 3).missing, 1);
  // A judge that was never asked has no outcome at all.
  assert.equal(majorityOf(["correct", "correct"], 3).missing, 1);
});

Deno.test("a tie and too few votes leave it undecided, whoever voted first", () => {
  assert.equal(decided("ciu"), "undecided undecided_by_tie");
  assert.equal(decided("icf"), "undecided undecided_by_tie");
  assert.equal(decided("ci"), "undecided undecided_by_tie");
  assert.equal(decided("cuf"), "undecided undecided_for_missing_votes");
  assert.equal(decided("uuu"), "undecided undecided_for_missing_votes");
  assert.equal(decided("", 3), "undecided undecided_for_missing_votes");
  // Two of four are not more than half of the panel.
  assert.equal(decided("ccuf"), "undecided undecided_for_missing_votes");
  assert.equal(decided("cccf"), "correct correct_by_unanimous_decision");
});

Deno.test("more than half of the panel has to vote", () => {
  assert.deepEqual([1, 2, 3, 4, 5, 6, 7].map(quorumOf), [1, 2, 2, 3, 3, 4, 4]);
});

Deno.test("verdicts are counted by type, each as a part of those with its verdict", () => {
  const types = ["ccc", "ccc", "cci", "iii", "ciu"].map((votes) =>
    majorityOf([...votes].map((letter) => letters[letter]!), 3)
  );
  assert.deepEqual(
    countVerdictTypes(types).map(({ verdict_type, count, fraction }) => [verdict_type, count, fraction]),
    [
      ["correct_by_majority_vote_w_1_dissagreement", 1, 1 / 3],
      ["correct_by_unanimous_decision", 2, 2 / 3],
      ["incorrect_by_unanimous_decision", 1, 1],
      ["undecided_by_tie", 1, 1],
    ],
  );
});

/** Whether the panel is right on an answer whose truth is known, over many answers. */
function panelAccuracy(errors: readonly number[], answers: number, seed: number): number {
  const random = seededRandom(seed, "panel");
  let right = 0;
  for (let i = 0; i < answers; i++) {
    const truth = random.next() < 0.5 ? "correct" : "incorrect";
    const other = truth === "correct" ? "incorrect" : "correct";
    const votes = errors.map((error): VoteOutcome => random.next() < error ? other : truth);
    if (majorityOf(votes, errors.length).verdict === truth) right++;
  }
  return right / answers;
}

Deno.test("a panel of judges with errors of 0.1, 0.2 and 0.3 is right as often as the majority has to be", () => {
  // All three or exactly two are right: 0.9 0.8 0.7 + 0.9 0.8 0.3 + 0.9 0.2 0.7 + 0.1 0.8 0.7 = 0.504 + 0.216 + 0.126 + 0.056.
  const expected = 0.902;
  const n = 20_000;
  // The 99.9 % interval of a fraction of 20,000: 3.29 standard errors of 0.0021, +- 0.0069.
  const width = 3.29 * Math.sqrt(expected * (1 - expected) / n);
  for (const seed of [1, 2, 3]) {
    const found = panelAccuracy([0.1, 0.2, 0.3], n, seed);
    assert.ok(Math.abs(found - expected) <= width, `${found} is not ${expected} +- ${width}`);
  }
  // Better than the best judge alone, and far from what the worst one gives: the test can tell.
  assert.ok(Math.abs(panelAccuracy([0.3, 0.3, 0.3], n, 1) - expected) > width);
});
