import assert from "node:assert/strict";
import { judge, type JudgedRecord } from "../../lib/evaluate/mod.ts";

/** A request that was answered rightly, apart from what the test changes. */
const record = (changes: Partial<JudgedRecord> = {}): JudgedRecord => ({
  request_id: "r1",
  attempt: 1,
  phase: "measure",
  status: "ok",
  experiment_name: "small",
  payload_file: "p.jsonl",
  payload_id: "p1",
  concurrency: 2,
  completion: "It was tallow.",
  ground_truth: '["tallow","tallow candles"]',
  ...changes,
});
const outcomes = (...records: JudgedRecord[]) => judge(records).map((verdict) => verdict.verdict);

Deno.test("judge names the request, its cell, the method and the outcome", () => {
  assert.deepEqual(judge([record()]), [{
    request_id: "r1",
    experiment_name: "small",
    payload_file: "p.jsonl",
    payload_id: "p1",
    concurrency: 2,
    method: "contains",
    verdict: "correct",
  }]);
});

Deno.test("judge compares as it is told", () => {
  assert.deepEqual(judge([record()], { method: "exact" }).map(({ method, verdict }) => [method, verdict]), [[
    "exact",
    "incorrect",
  ]]);
});

Deno.test("judge scores worked solutions by their number, the others by what they contain", () => {
  const verdicts = judge([
    record({ request_id: "a", ground_truth: '["9 * 2 = 18\\n#### 18"]', completion: "18 less 2 are 16" }),
    record({ request_id: "b", ground_truth: '["9 * 2 = 18\\n#### 18"]', completion: "18.0 dollars" }),
    record({ request_id: "c", ground_truth: '["18"]', completion: "18 less 2 are 16" }),
  ]);
  assert.deepEqual(verdicts.map(({ method, verdict }) => [method, verdict]), [
    ["numeric", "incorrect"],
    ["numeric", "correct"],
    ["contains", "correct"],
  ]);
});

Deno.test("judge keeps the score, and decides nothing where there is no threshold", () => {
  const told = (threshold?: number | null) => {
    const method = "token_f1" as const;
    const options = threshold === undefined ? { method } : { method, threshold };
    return judge(
      [record({ completion: "tallow soap" }), record({ request_id: "r2", status: "error" })],
      options,
    )
      .map(({ verdict, score }) => [verdict, score]);
  };
  // 1 word shared of 2 and 1: 2/3.
  assert.deepEqual(told(), [["correct", 2 / 3], ["failed", undefined]]);
  assert.deepEqual(told(0.7), [["incorrect", 2 / 3], ["failed", undefined]]);
  assert.deepEqual(told(null), [["undecided", 2 / 3], ["failed", undefined]]);
});

Deno.test("judge needs no ground truth where the options say what is right", () => {
  const options = { method: "regex", pattern: "tallow" } as const;
  assert.deepEqual(judge([record({ ground_truth: null })], options).map(({ verdict }) => verdict), [
    "correct",
  ]);
});

Deno.test("judge tells wrong answers, failed requests and rows without a truth apart", () => {
  assert.deepEqual(
    outcomes(
      record({ request_id: "a", completion: "It was soap." }),
      record({ request_id: "b", completion: null }),
      record({ request_id: "c", status: "error", completion: "It was tallow" }),
      record({ request_id: "d", ground_truth: null }),
      record({ request_id: "e", ground_truth: "[]" }),
      record({ request_id: "f", ground_truth: '["", " "]' }),
      record({ request_id: "g", status: "error", ground_truth: null }),
    ),
    ["incorrect", "incorrect", "failed", "no_ground_truth", "no_ground_truth", "no_ground_truth", "failed"],
  );
});

Deno.test("judge looks at the measure phase alone", () => {
  assert.deepEqual(outcomes(record({ phase: "warmup" }), record({ phase: "drain", request_id: "r2" })), []);
});

Deno.test("judge gives a request one verdict, by its last attempt, whichever comes first", () => {
  const failed = record({ attempt: 1, status: "error" });
  const second = record({ attempt: 2 });
  assert.deepEqual(outcomes(failed, second), ["correct"]);
  assert.deepEqual(outcomes(second, failed), ["correct"]);
  assert.deepEqual(outcomes(record({ attempt: 1 }), record({ attempt: 2, status: "error" })), ["failed"]);
});

Deno.test("judge keeps the order in which requests first appear", () => {
  const verdicts = judge([
    record({ request_id: "b", attempt: 1, status: "error" }),
    record({ request_id: "a" }),
    record({ request_id: "b", attempt: 2 }),
  ]);
  assert.deepEqual(verdicts.map(({ request_id }) => request_id), ["b", "a"]);
});

Deno.test("judge leaves out a request that was cancelled", () => {
  assert.deepEqual(outcomes(record({ status: "cancelled" })), []);
});

Deno.test("judge takes ground truth that is not a JSON list as the answer itself", () => {
  assert.deepEqual(outcomes(record({ ground_truth: "tallow" })), ["correct"]);
  assert.deepEqual(outcomes(record({ ground_truth: "18", completion: "18" })), ["correct"]);
  assert.deepEqual(outcomes(record({ ground_truth: "[18]", completion: "18" })), ["correct"]);
});

Deno.test("judge refuses a record that names no request", () => {
  assert.throws(() => judge([record({ request_id: null })]), /Cannot judge a record without request_id/);
});
