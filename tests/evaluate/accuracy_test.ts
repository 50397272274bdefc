import assert from "node:assert/strict";
import type { Verdict } from "../../lib/core/mod.ts";
import { countVerdicts } from "../../lib/evaluate/mod.ts";

const verdicts = (experiment_name: string, payload_file: string, outcomes: Verdict["verdict"][]): Verdict[] =>
  outcomes.map((verdict, index) => ({
    request_id: `${experiment_name}-${payload_file}-${index}`,
    experiment_name,
    payload_file,
    payload_id: `p${index}`,
    concurrency: index % 2 === 0 ? 1 : 4,
    method: "contains",
    verdict,
  }));

Deno.test("countVerdicts counts per experiment and payload file, over all concurrency levels, sorted", () => {
  const table = countVerdicts([
    ...verdicts("a", "2-10", ["correct", "incorrect", "correct", "failed", "correct", "no_ground_truth"]),
    ...verdicts("b", "10-20", ["correct"]),
    ...verdicts("a", "10-20", ["incorrect"]),
    ...verdicts("a", "10-20", ["correct"]),
  ]);
  // a on 2-10: 3 of the 4 that could be judged: 0.75. a on 10-20: 1 of 2. Sorted by experiment, then by range.
  assert.deepEqual(table, [
    {
      experiment_name: "a",
      payload_file: "2-10",
      requests: 6,
      n: 4,
      correct: 3,
      incorrect: 1,
      needs_review: 0,
      undecided: 0,
      failed: 1,
      no_ground_truth: 1,
      accuracy: 0.75,
    },
    {
      experiment_name: "a",
      payload_file: "10-20",
      requests: 2,
      n: 2,
      correct: 1,
      incorrect: 1,
      needs_review: 0,
      undecided: 0,
      failed: 0,
      no_ground_truth: 0,
      accuracy: 0.5,
    },
    {
      experiment_name: "b",
      payload_file: "10-20",
      requests: 1,
      n: 1,
      correct: 1,
      incorrect: 0,
      needs_review: 0,
      undecided: 0,
      failed: 0,
      no_ground_truth: 0,
      accuracy: 1,
    },
  ]);
});

Deno.test("countVerdicts has no accuracy where nothing could be judged", () => {
  const [row] = countVerdicts(verdicts("a", "p", ["failed", "no_ground_truth"]));
  assert.deepEqual([row!.n, row!.accuracy], [0, null]);
  assert.deepEqual(countVerdicts([]), []);
});
