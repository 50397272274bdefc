import assert from "node:assert/strict";
import { isRemoteSource, longBenchSource } from "../../lib/data/source_name.ts";

Deno.test("a name that begins with hf: is on the Hub, a path is not", () => {
  assert.equal(isRemoteSource("hf:databricks/databricks-dolly-15k"), true);
  assert.equal(isRemoteSource("LongBench/2wikimqa.jsonl"), false);
  assert.equal(isRemoteSource("shelf:a.jsonl"), false);
});

Deno.test("LongBench's own file names lead to its subset on the Hub, in any folder", () => {
  assert.equal(longBenchSource("2wikimqa_e.jsonl"), "hf:THUDM/LongBench/2wikimqa_e/test");
  assert.equal(longBenchSource("LongBench/narrativeqa.jsonl"), "hf:THUDM/LongBench/narrativeqa/test");
  assert.equal(longBenchSource("repobench-p_e.jsonl"), "hf:THUDM/LongBench/repobench-p_e/test");
});

Deno.test("what LongBench does not have is not made up", () => {
  assert.equal(longBenchSource("narrativeqa_e.jsonl"), null, "LongBench-E has no narrativeqa");
  assert.equal(longBenchSource("my_2wikimqa.jsonl"), null);
  assert.equal(longBenchSource("2wikimqa.csv"), null);
});
