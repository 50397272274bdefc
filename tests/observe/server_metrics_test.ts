import assert from "node:assert/strict";
import { useMetric } from "../../lib/core/mod.ts";
import { readServerMetrics } from "../../lib/observe/server_metrics.ts";

const counters = (name: string) =>
  Deno.readTextFileSync(new URL(`../testdata/counters/${name}.txt`, import.meta.url));

const byMetric = (text: string) =>
  Object.fromEntries(readServerMetrics(text).map(({ metric, ...reading }) => [metric, reading]));

Deno.test("vLLM: two engines' requests are added up, their caches averaged, their histograms added up", () => {
  assert.deepEqual(byMetric(counters("vllm")), {
    running: { value: 32 },
    // What waits by reason is the same requests again.
    waiting: { value: 5 },
    kv_cache_use: { value: 0.5 },
    prefix_cache_queries: { value: 40000 },
    prefix_cache_hits: { value: 10000 },
    preemptions: { value: 3 },
    ttft: { value: 120, sum: 6, buckets: [[0.05, 70], [0.1, 116], [null, 120]] },
  });
});

Deno.test("SGLang: lines by priority are the same requests again", () => {
  assert.deepEqual(byMetric(counters("sglang")), {
    running: { value: 162 },
    waiting: { value: 2826 },
    kv_cache_use: { value: 0.28 },
    prefix_cache_hit_rate: { value: 0.007507552643049313 },
    ttft: { value: 5, sum: 2, buckets: [[0.25, 4], [null, 5]] },
  });
});

Deno.test("TGI: a histogram without labels, in seconds", () => {
  assert.deepEqual(byMetric(counters("tgi")), {
    running: { value: 2 },
    waiting: { value: 6 },
    queue_time: { value: 42, sum: 0.84, buckets: [[0.0001, 30], [0.001, 40], [null, 42]] },
  });
});

Deno.test("llama.cpp: processing is running, deferred is waiting", () => {
  assert.deepEqual(byMetric(counters("llama_cpp")), {
    running: { value: 2 },
    waiting: { value: 1 },
    kv_cache_use: { value: 0.2 },
  });
  // A newer one has no ratio of the cache, but tokens that were there: 300 of 300 + 700.
  const newer =
    "llamacpp:prompt_tokens_total 700\nllamacpp:prompt_tokens_cached_total 300\nllamacpp:requests_deferred 0\n";
  assert.deepEqual(byMetric(newer), {
    waiting: { value: 0 },
    prefix_cache_hits: { value: 300 },
    prefix_cache_queries: { value: 1000 },
  });
});

Deno.test("Triton: microseconds in the queue become seconds, beside how many were answered", () => {
  assert.deepEqual(byMetric(counters("triton")), {
    waiting: { value: 14 },
    // 450,000 and 50,000 microseconds of 80 and 20 requests.
    queue_time: { value: 100, sum: 0.5 },
  });
});

Deno.test("Triton with TensorRT-LLM: its own queue goes before Triton's; milliseconds become seconds", () => {
  assert.deepEqual(byMetric(counters("triton_trtllm")), {
    waiting: { value: 4 },
    running: { value: 8 },
    kv_cache_use: { value: 0.4875 },
    ttft: { value: 10, sum: 1.5, buckets: [[0.1, 4], [0.5, 10], [null, 10]] },
  });
});

Deno.test("vLLM's older name of the cache is known, and both names together count once", () => {
  const old = 'vllm:gpu_cache_usage_perc{model_name="m"} 0.4\n';
  assert.deepEqual(byMetric(old), { kv_cache_use: { value: 0.4 } });
  assert.deepEqual(byMetric(old + 'vllm:kv_cache_usage_perc{model_name="m"} 0.4\n'), {
    kv_cache_use: { value: 0.4 },
  });
});

Deno.test("every name that a server's counters become is in the table of metrics; others tell nothing", () => {
  for (const name of ["vllm", "sglang", "tgi", "llama_cpp", "triton", "triton_trtllm"]) {
    for (const { metric } of readServerMetrics(counters(name))) assert.ok(useMetric.has(`server.${metric}`));
  }
  assert.deepEqual(readServerMetrics("go_gc_duration_seconds 0.1\n<html>not found</html>"), []);
});
