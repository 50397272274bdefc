import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { answerId, type AnswerRecord, DistinctAnswers, distinctAnswers } from "../../lib/evaluate/mod.ts";

const record = (changes: Partial<AnswerRecord> = {}): AnswerRecord => ({
  request_id: "r1",
  phase: "measure",
  status: "ok",
  payload_file: "p.jsonl",
  payload_id: "p1",
  question: "What was in the box?",
  completion: "Tallow.",
  ground_truth: '["tallow","tallow candles"]',
  ...changes,
});

Deno.test("requests with the same question, right answers and answer share one answer, named by the first", () => {
  const { answers, ofRequest } = distinctAnswers([
    record(),
    record({ request_id: "r2", payload_file: "other.jsonl", payload_id: "p9" }),
    record({ request_id: "r3", completion: "Soap." }),
  ]);
  const shared = ofRequest.get("r1");
  assert.deepEqual([...ofRequest.keys()], ["r1", "r2", "r3"]);
  assert.equal(ofRequest.get("r2"), shared);
  assert.notEqual(ofRequest.get("r3"), shared);
  assert.deepEqual([...answers.values()], [
    {
      answer_id: shared,
      payload_file: "p.jsonl",
      payload_id: "p1",
      question: "What was in the box?",
      answer: "Tallow.",
      ground_truth: ["tallow", "tallow candles"],
    },
    {
      answer_id: ofRequest.get("r3"),
      payload_file: "p.jsonl",
      payload_id: "p1",
      question: "What was in the box?",
      answer: "Soap.",
      ground_truth: ["tallow", "tallow candles"],
    },
  ]);
});

Deno.test("an answer's id is the start of the hash over question, right answers and answer", () => {
  const text = '["What was in the box?",["tallow","tallow candles"],"Tallow."]';
  const expected = createHash("sha256").update(text).digest("hex").slice(0, 16);
  assert.deepEqual([...distinctAnswers([record()]).answers.keys()], [expected]);
});

Deno.test("another question, other right answers or other words make another answer", () => {
  const id = (changes: Partial<AnswerRecord>) => new DistinctAnswers().add(record(changes));
  const ids = [
    id({}),
    id({ question: "What was in the barrel?" }),
    id({ ground_truth: '["tallow, tallow candles"]' }),
    id({ ground_truth: '["tallow"]' }),
    id({ completion: "Tallow" }),
  ];
  assert.equal(new Set(ids).size, 5);
  assert.equal(id({ payload_id: "p2" }), ids[0]);
});

Deno.test("nothing is judged of failed and cancelled requests, of warm-up and of rows without a ground truth", () => {
  const { answers, ofRequest } = distinctAnswers([
    record({ request_id: "a", status: "error" }),
    record({ request_id: "b", status: "cancelled" }),
    record({ request_id: "c", phase: "warmup" }),
    record({ request_id: "d", ground_truth: null }),
    record({ request_id: "e", ground_truth: '["", " "]' }),
  ]);
  assert.deepEqual([answers.size, ofRequest.size], [0, 0]);
});

Deno.test("an empty answer is an answer", () => {
  const { answers } = distinctAnswers([record({ completion: null })]);
  assert.deepEqual([...answers.values()].map(({ answer }) => answer), [""]);
});

Deno.test("the prompt stands in where there is no question", () => {
  const asked: string[] = [];
  const { answers } = distinctAnswers(
    [record({ question: null }), record({ request_id: "r2", payload_id: "p2" })],
    (file, id) => {
      asked.push(`${file} ${id}`);
      return "Look into the box. What is it?";
    },
  );
  assert.deepEqual(asked, ["p.jsonl p1"]);
  assert.deepEqual([...answers.values()].map(({ question }) => question), [
    "Look into the box. What is it?",
    "What was in the box?",
  ]);
  assert.equal(
    new DistinctAnswers().add(record({ question: null })),
    answerId({
      question: "",
      ground_truth: ["tallow", "tallow candles"],
      answer: "Tallow.",
    }),
  );
});

Deno.test("records come one after the other, and two of one request are refused", () => {
  const found = new DistinctAnswers();
  const first = found.add(record());
  assert.equal(found.answers.get(first ?? "")?.answer, "Tallow.");
  assert.throws(() => found.add(record()), /two answers for request r1: expected final records/);
  assert.throws(() => found.add(record({ request_id: null })), /a record without request_id/);
});
