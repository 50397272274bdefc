import assert from "node:assert/strict";
import { hubSource, isRemoteSource, longBenchSource } from "../../lib/data/source_name.ts";

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

Deno.test("files that FMBench's notebook makes from sets of the Hub lead to these, with their columns", () => {
  for (const name of ["OpenOrca.jsonl", "Open-Orca/OpenOrca.jsonl"]) {
    assert.deepEqual(hubSource(name), {
      source: "hf:Open-Orca/OpenOrca/default/train",
      columns: ["id", "system_prompt", "question", "response"],
    });
  }
  assert.equal(
    hubSource("databricks/databricks-dolly-15k.jsonl")?.source,
    "hf:databricks/databricks-dolly-15k/default/train",
  );
  assert.equal(hubSource("rajpurkar/squad.jsonl")?.source, "hf:rajpurkar/squad/plain_text/train");
  assert.equal(hubSource("squad_v2.jsonl")?.source, "hf:rajpurkar/squad_v2/squad_v2/train");
  assert.deepEqual(hubSource("banking77.jsonl")?.columns, ["text", "label"]);
  assert.deepEqual(hubSource("triviaqa.jsonl"), {
    source: "hf:THUDM/LongBench/triviaqa/test",
    columns: null,
  });
});

Deno.test("a file of another organisation, folder or kind leads to no set", () => {
  for (
    const name of [
      "mine/squad.jsonl",
      "a/rajpurkar/squad.jsonl",
      "squad.csv",
      "just_text.jsonl",
      "my-squad.jsonl",
    ]
  ) {
    assert.equal(hubSource(name), null, name);
  }
});
