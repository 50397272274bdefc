import assert from "node:assert/strict";
import type { Vote, VoteOutcome } from "../../../lib/core/mod.ts";
import { fleissKappa, pairwiseAgreement, panelKappa } from "../../../lib/evaluate/mod.ts";

/**
 * Table 1 of Fleiss (1971): 30 patients, each diagnosed by six psychiatrists as depression, personality disorder, schizophrenia,
 * neurosis or other.
 */
const fleiss1971 = `
00060 03003 01401 00006 03030 20400 00402 20310 20040 00006
10050 11040 03300 10050 02031 00501 30012 51000 02040 10203
00006 01050 02013 20040 10041 05010 40002 02040 10500 00006`
  .trim().split(/\s+/).map((row) => [...row].map(Number));

const vote = (answer_id: string, judge: string, outcome: VoteOutcome): Vote => ({
  answer_id,
  judge,
  model_id: judge,
  outcome,
  explanation: null,
  raw: null,
  calls: 1,
  prompt_tokens: null,
  completion_tokens: null,
  latency_ms: null,
  error_message: null,
  at: "2026-11-22T00:00:00.000Z",
});

/** One line a judge, one letter an answer. */
function votesOf(lines: Readonly<Record<string, string>>): Vote[] {
  const outcomes: Record<string, VoteOutcome> = {
    c: "correct",
    i: "incorrect",
    u: "unparsable",
    f: "failed",
  };
  return Object.entries(lines).flatMap(([judge, letters]) =>
    [...letters].flatMap((letter, i) => letter === "-" ? [] : [vote(`a${i}`, judge, outcomes[letter]!)])
  );
}

Deno.test("Fleiss' own table comes to his figures", () => {
  const totals = [0, 1, 2, 3, 4].map((j) => fleiss1971.reduce((sum, row) => sum + row[j]!, 0));
  assert.deepEqual(totals, [26, 26, 30, 55, 43], "the table is his: shares .144, .144, .167, .306, .239");
  const { kappa, observed, expected, subjects } = fleissKappa(fleiss1971);
  assert.equal(subjects, 30);
  // As printed: mean agreement .556, by chance .220, kappa .430.
  assert.deepEqual([observed!.toFixed(3), expected!.toFixed(3), kappa!.toFixed(3)], [
    "0.556",
    "0.220",
    "0.430",
  ]);
});

Deno.test("kappa of three judges on four answers, by hand", () => {
  // Correct of 3: 3, 2, 0, 1. Pairs that agree: 1, 1/3, 1, 1/3, mean 2/3. Half of the votes is correct: 1/2 by chance. (2/3 - 1/2) / (1/2).
  const { kappa, observed, expected } = fleissKappa([[3, 0], [2, 1], [0, 3], [1, 2]]);
  assert.ok(Math.abs(observed! - 2 / 3) < 1e-12);
  assert.ok(Math.abs(expected! - 1 / 2) < 1e-12);
  assert.ok(Math.abs(kappa! - 1 / 3) < 1e-12);
});

Deno.test("where there is nothing to agree on, kappa is not known", () => {
  assert.equal(fleissKappa([]).kappa, null);
  assert.equal(fleissKappa([[1, 0], [0, 1]]).kappa, null, "one rater");
  assert.equal(fleissKappa([[3, 0], [3, 0]]).kappa, null, "one category");
  assert.equal(fleissKappa([[3, 0], [0, 3]]).kappa, 1);
  assert.throws(() => fleissKappa([[3, 0], [1, 1]]), RangeError);
});

Deno.test("the panel's kappa is over the answers on which every judge gave a verdict", () => {
  const votes = votesOf({ a: "ccici", b: "cciiu", c: "ciii-" });
  const { kappa, subjects } = panelKappa(votes, ["a", "b", "c"]);
  // Answers 0 to 3 have 3, 2, 0 and 1 correct votes: the example above.
  assert.equal(subjects, 4);
  assert.ok(Math.abs(kappa! - 1 / 3) < 1e-12);
});

Deno.test("two judges are compared on the answers on which both gave a verdict", () => {
  const pairs = pairwiseAgreement(votesOf({ a: "ccciiicu", b: "cciiicfc", c: "uuuuuuuu" }), ["a", "b", "c"]);
  assert.deepEqual(pairs.map(({ judge, other }) => judge + other), ["ab", "ac", "ba", "bc", "ca", "cb"]);
  const [ab, ac, ba] = pairs;
  // Both on answers 0 to 5: the same on 0, 1, 3, 4. Each says correct 3 times of 6: 1/2 by chance. (2/3 - 1/2) / (1/2).
  assert.equal(ab!.n, 6);
  assert.equal(ab!.agreement, 4 / 6);
  assert.ok(Math.abs(ab!.kappa! - 1 / 3) < 1e-12);
  assert.deepEqual([ba!.n, ba!.agreement, ba!.kappa], [ab!.n, ab!.agreement, ab!.kappa]);
  assert.deepEqual([ac!.n, ac!.agreement, ac!.kappa], [0, null, null]);
  const [same] = pairwiseAgreement(votesOf({ a: "ccc", b: "ccc" }), ["a", "b"]);
  assert.deepEqual([same!.agreement, same!.kappa], [1, null]);
});
