import assert from "node:assert/strict";
import type { LevelSpec } from "../../../lib/load/mod.ts";
import { repeatedPromptNotices } from "../../../lib/pipeline/steps/repeated_prompts.ts";
import { endpoint } from "../../load/made_up.ts";

function level(experiment: string, concurrency: number, changes: Partial<LevelSpec> = {}): LevelSpec {
  return {
    endpoint: endpoint({ experiment_name: experiment }),
    payload_file: "f.jsonl",
    arrival: "closed",
    concurrency,
    parameters: {},
    stream: true,
    timeout_ms: 1000,
    stall_ms: 1000,
    stop_error_rate: null,
    warmup_requests: 0,
    requests: null,
    min_iters: 5,
    max_iters: 105,
    ...changes,
  };
}

const noticesOf = (levels: readonly LevelSpec[], prompts = 20) =>
  repeatedPromptNotices(levels, new Map([["f.jsonl", prompts], ["g.jsonl", 1008]]), 1);

Deno.test("a level that asks for more requests than there are prompts is named with its share of repeats", () => {
  // FMBench's rule: at least 5 chunks of 16, 80 requests; 60 of 80 are repeats. Concurrency 4: 5 x 4 = 20 of 20.
  assert.deepEqual(noticesOf([level("one", 4), level("one", 16)]), [
    "f.jsonl (one): rows are repeated, as in FMBench, and repeats may hit a prompt cache. " +
    "75 % are repeats at concurrency 16 (80 requests of 20 prompts).",
  ]);
  assert.deepEqual(noticesOf([level("one", 4)]), []);
  assert.deepEqual(noticesOf([level("one", 16, { payload_file: "g.jsonl" })]), []);
});

Deno.test("experiments that repeat alike share a sentence, and loads of one size a clause", () => {
  const both = ["one", "two"].flatMap((name) => [
    level(name, 1, { requests: 39, warmup_requests: 1 }),
    level(name, 2, { requests: 39, warmup_requests: 1 }),
    level(name, 8),
  ]);
  // 40 of 20: a half; 5 x 8 = 40 as well.
  assert.deepEqual(noticesOf([...both, level("three", 16)]), [
    "f.jsonl (one, two): rows are repeated, as in FMBench, and repeats may hit a prompt cache. " +
    "50 % are repeats at concurrency 1, 2, 8 (40 requests of 20 prompts).",
    "f.jsonl (three): rows are repeated, as in FMBench, and repeats may hit a prompt cache. " +
    "75 % are repeats at concurrency 16 (80 requests of 20 prompts).",
  ]);
  const many = ["a", "b", "c", "d"].map((name) => level(name, 16));
  assert.match(noticesOf(many).join("\n"), /^f\.jsonl \(4 experiments\): [^\n]+$/);
});

Deno.test("of many loads that all repeat, the least and the most are told", () => {
  const levels = [1, 2, 3, 4, 16].map((concurrency) =>
    level("one", concurrency, { requests: null, min_iters: 30 })
  );
  // 30 chunks: 30, 60, 90, 120, 480 requests of 20 prompts; 10 of 30 and 460 of 480 are repeats.
  assert.match(
    noticesOf(levels).join("\n"),
    /cache\. The least: 33\.3 % are repeats at concurrency 1 \(30 requests of 20 prompts\); the most: 95\.8 % are repeats at concurrency 16 \(480 requests of 20 prompts\)\.$/,
  );
});

Deno.test("what a clock ends asks for so many at most, and what is made unique repeats nothing", () => {
  // 20 answers a second in each slot: 2 s x 20 x 2 = 80.
  const [timed] = noticesOf([level("one", 2, { duration_ms: 2000 })]);
  assert.match(timed!, /75 % are repeats at concurrency 2 \(up to 80 requests of 20 prompts\)/);
  assert.deepEqual(noticesOf([level("one", 16, { cache_busting: true })]), []);
  const open = level("one", 1, {
    arrival: "constant",
    concurrency: null,
    rates_rps: [2],
    requests: 40,
  });
  assert.match(noticesOf([open])[0]!, /50 % are repeats at constant 2\/s \(40 requests of 20 prompts\)/);
});
