import assert from "node:assert/strict";
import { pickRawFiles } from "../../lib/data/hub_raw_files.ts";

Deno.test("a file is found by subset and split, in the order in which names are more exact", () => {
  const paths = ["qa/test.jsonl", "qa/train.jsonl", "qa.jsonl", "qa-test.csv", "other/test.jsonl"];
  assert.deepEqual(pickRawFiles(paths, "qa", "test"), ["qa/test.jsonl"]);
  assert.deepEqual(pickRawFiles(paths.slice(2), "qa", "test"), ["qa-test.csv"]);
  assert.deepEqual(pickRawFiles(["qa.jsonl", "other/test.jsonl"], "qa", "test"), ["qa.jsonl"]);
  assert.deepEqual(pickRawFiles(["other/test.jsonl"], "qa", "test"), []);
});

Deno.test("2wikimqa is not 2wikimqa_e", () => {
  const paths = ["data/2wikimqa_e.jsonl", "data/2wikimqa.jsonl"];
  assert.deepEqual(pickRawFiles(paths, "2wikimqa", "test"), ["data/2wikimqa.jsonl"]);
  assert.deepEqual(pickRawFiles(paths, "2wikimqa_e", "test"), ["data/2wikimqa_e.jsonl"]);
});

Deno.test("without a subset the split's file is taken, by default train, and shards belong together", () => {
  const paths = ["data/test.json.gz", "data/train-00001-of-00002.csv", "data/train-00000-of-00002.csv"];
  assert.deepEqual(pickRawFiles(paths, null, null), [paths[2], paths[1]]);
  assert.deepEqual(pickRawFiles(paths, null, "test"), ["data/test.json.gz"]);
});

Deno.test("the only file of rows is taken whatever it is called; scripts and descriptions are no rows", () => {
  const paths = [".gitattributes", "README.md", "set.py", "dataset_infos.json", "databricks-dolly-15k.jsonl"];
  assert.deepEqual(pickRawFiles(paths, null, null), ["databricks-dolly-15k.jsonl"]);
  assert.deepEqual(pickRawFiles([...paths, "b.jsonl"], null, null), []);
});
