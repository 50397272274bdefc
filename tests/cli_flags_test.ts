import assert from "node:assert/strict";
import { resolve } from "node:path";
import { loadOptions } from "../lib/cli_flags.ts";

Deno.test("a scenario file of the working folder goes to the steps by its whole path; any other name stays as it is", () => {
  const there = "source_data/latency_scenarios.jsonl";
  const { parameters, sets } = loadOptions({
    A: [`scenarios=${there}`, "model=m"],
    set: [`study.scenarios=${there}`, "study.rounds=2"],
  });
  assert.deepEqual(parameters, { scenarios: resolve(there), model: "m" });
  assert.deepEqual(sets, [`study.scenarios=${resolve(there)}`, "study.rounds=2"]);
  for (const name of ["latency_scenarios.jsonl", "https://example.com/s.jsonl", "s3://bucket/s.jsonl"]) {
    assert.deepEqual(loadOptions({ A: [`scenarios=${name}`] }).parameters, { scenarios: name });
  }
  assert.deepEqual(loadOptions({ A: ["model=m"] }).parameters, { model: "m" });
});
