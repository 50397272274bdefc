import assert from "node:assert/strict";
import type { LoadLimit } from "../../lib/core/mod.ts";
import { goodputTable, limitWords, loadLimitTable, objectiveWords } from "../../lib/report/mod.ts";
import { cell, estimate, tableCells } from "./rows.ts";

const level = { objectives: { ttft_ms: 2000, tpot_ms: 200 }, share: 0.99 };
const limit = (changes: Partial<LoadLimit>): LoadLimit => ({
  experiment_name: "alpha",
  payload_file: "payload_en_0-500.jsonl",
  closed: true,
  levels: [1, 4, 16],
  found: "between",
  load: estimate(6, 4, 16),
  transactions_per_minute: estimate(300, 240, 400),
  ...changes,
});

Deno.test("objectives in words", () => {
  assert.equal(objectiveWords(level.objectives), "a TTFT of at most 2 s and a TPOT of at most 200 ms");
  assert.equal(objectiveWords({ response_ms: 600 }), "a response time of at most 600 ms");
  assert.equal(objectiveWords({}), "an answer");
});

Deno.test("each level says how much was good, and whether that is enough for certain", () => {
  const share = (value: number, low: number, high: number) => ({
    per_minute: 200,
    share: estimate(value, low, high),
  });
  const rows = tableCells(goodputTable([
    cell({ concurrency: 1, goodput: share(1, 0.995, 1) }),
    cell({ concurrency: 4, goodput: share(0.995, 0.98, 0.999) }),
    cell({ concurrency: 8, goodput: share(0.98, 0.96, 0.995) }),
    cell({ concurrency: 16, goodput: share(0.5, 0.4, 0.6) }),
  ], level));
  assert.deepEqual(rows.slice(1).map((row) => [row[1], row[2], row[3], row[5]]), [
    ["1", "100 % (99.5–100)", "200", "yes"],
    ["4", "99.5 % (98–99.9)", "200", "yes, not for certain"],
    ["8", "98 % (96–99.5)", "200", "no, not for certain"],
    ["16", "50 % (40–60)", "200", "no"],
  ]);
});

Deno.test("the highest load in words", () => {
  assert.equal(limitWords(limit({})), "6 in flight");
  assert.equal(limitWords(limit({ closed: false, load: estimate(6.25) })), "6.25 arrivals/s");
  assert.equal(limitWords(limit({ found: "at_least", load: estimate(16) })), "at least 16 in flight");
  assert.equal(limitWords(limit({ found: "below", load: estimate(null) })), "below 1 in flight");
  assert.equal(limitWords(limit({ found: "unknown", load: estimate(null) })), "–");
});

Deno.test("an open end of the interval is marked and said", () => {
  const load = { ...estimate(6, null, 16), flagged: true };
  const text = loadLimitTable([limit({ load, experiment_name: "a|b" })], level);
  const [, row] = tableCells(text);
  assert.deepEqual(row!.slice(0, 3), ["a\\|b", "6 in flight†", "up to 16"]);
  assert.match(text, /An end is open/);
  assert.doesNotMatch(loadLimitTable([limit({})], level), /An end is open/);
});
