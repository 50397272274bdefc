import assert from "node:assert/strict";
import type { Verdict, VoteOutcome } from "../../lib/core/mod.ts";
import { finalVerdicts, labelAgreement, readLabel } from "../../lib/evaluate/mod.ts";

const scored = (request_id: string, verdict: Verdict["verdict"], more: Partial<Verdict> = {}): Verdict => ({
  request_id,
  experiment_name: "e",
  payload_file: "p.jsonl",
  payload_id: "p",
  concurrency: 1,
  method: "contains",
  verdict,
  ...more,
});

const ofRequest = new Map([["r1", "a1"], ["r2", "a1"], ["r3", "a2"]]);
const requests = [
  scored("r1", "incorrect", { score: 0.2 }),
  scored("r2", "incorrect"),
  scored("r3", "correct"),
  scored("r4", "failed"),
  scored("r5", "no_ground_truth"),
];
const judges = ["x", "y", "z"];
const votes = (a1: readonly VoteOutcome[], a2: readonly VoteOutcome[]) =>
  new Map([["a1", a1], ["a2", a2]].map(([id, of]) => [
    id as string,
    Object.fromEntries((of as VoteOutcome[]).map((outcome, i) => [judges[i]!, outcome])),
  ]));
const thresholds = { correct: 0.01, incorrect: 0.4 };
const outcomes = (verdicts: readonly Verdict[]) => verdicts.map(({ verdict }) => verdict);

Deno.test("without panel and similarity the scores stand, and answers get their id", () => {
  const verdicts = finalVerdicts(requests, { ofRequest, panel: null, similarities: null, thresholds });
  assert.deepEqual(outcomes(verdicts), outcomes(requests));
  assert.deepEqual(verdicts.map(({ answer_id }) => answer_id), ["a1", "a1", "a2", undefined, undefined]);
  assert.equal("similarity" in verdicts[0]!, false);
});

Deno.test("a panel's majority takes the place of the score, for every request that gave the answer", () => {
  const panel = { judges, votes: votes(["correct", "correct", "incorrect"], ["incorrect", "failed"]) };
  const verdicts = finalVerdicts(requests, { ofRequest, panel, similarities: null, thresholds });
  // The one vote on a2 is no majority of three.
  assert.deepEqual(outcomes(verdicts), ["correct", "correct", "undecided", "failed", "no_ground_truth"]);
  assert.deepEqual(verdicts[2]!.votes, { x: "incorrect", y: "failed", z: "failed" });
  assert.deepEqual(verdicts.map(({ method }) => method), [
    ...["majority_vote", "majority_vote", "majority_vote"],
    ...["contains", "contains"],
  ]);
  assert.equal("score" in verdicts[0]!, false);
});

Deno.test("a vote that the similarity contradicts needs a review, unless thresholds are not applied", () => {
  const all = (outcome: VoteOutcome) => [outcome, outcome, outcome];
  const panel = { judges, votes: votes(all("correct"), all("incorrect")) };
  const verdict = (a1: number | null, a2: number | null, applied: typeof thresholds | null = thresholds) =>
    outcomes(finalVerdicts(requests.slice(1, 3), {
      ofRequest,
      panel,
      similarities: new Map([["a1", a1], ["a2", a2]]),
      thresholds: applied,
    }));
  assert.deepEqual(verdict(0.01, 0.39), ["correct", "incorrect"]);
  assert.deepEqual(verdict(0.009, 0.4), ["needs_review", "needs_review"]);
  assert.deepEqual(verdict(null, null), ["correct", "incorrect"]);
  assert.deepEqual(verdict(0.009, 0.4, null), ["correct", "incorrect"]);
});

Deno.test("a similarity is kept beside a score, and decides nothing there", () => {
  const similarities = new Map([["a1", 0.9], ["a2", -0.5]]);
  const verdicts = finalVerdicts(requests, { ofRequest, panel: null, similarities, thresholds });
  assert.deepEqual(outcomes(verdicts), outcomes(requests));
  assert.deepEqual(verdicts.map(({ similarity }) => similarity), [0.9, 0.9, -0.5, undefined, undefined]);
});

Deno.test("labels are read as people type them", () => {
  assert.deepEqual(["Correct", " yes ", "1", "RIGHT"].map(readLabel), Array(4).fill("correct"));
  assert.deepEqual(["incorrect", "No", "0", "wrong"].map(readLabel), Array(4).fill("incorrect"));
  assert.deepEqual(["", "?", "maybe", "constructor"].map(readLabel), Array(4).fill(null));
});

Deno.test("verdict and judges are held against labels, each on the answers both have spoken on", () => {
  const panel = {
    judges,
    votes: votes(["correct", "correct", "incorrect"], ["incorrect", "unparsable", "incorrect"]),
  };
  const verdicts = finalVerdicts(requests, { ofRequest, panel, similarities: null, thresholds });
  const labels = new Map([["a1", "correct"], ["a2", "correct"], ["gone", "correct"]] as const);
  const shown = labelAgreement(labels, verdicts).map(({ other, n, agreement }) => [other, n, agreement]);
  assert.deepEqual(shown, [["verdict", 2, 0.5], ["x", 2, 0.5], ["y", 1, 1], ["z", 2, 0]]);
});
