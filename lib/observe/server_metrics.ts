/** What each kind of server calls what we look at. */

import type { UseBucket } from "../core/mod.ts";
import { parseSeries, type Series } from "./prometheus.ts";
import type { Reading } from "./source.ts";

/** A value of a server under its own name. */
interface Known {
  readonly metric: string;
  /** Only lines with this label are meant. */
  readonly where?: readonly [label: string, value: string];
  /** How lines of several models, engines or ranks are taken together. @default "sum" */
  readonly lines?: "sum" | "mean";
}

const sum = (metric: string): Known => ({ metric });
const mean = (metric: string): Known => ({ metric, lines: "mean" });

/** vLLM (also its older names), SGLang, TGI, llama.cpp, Triton with TensorRT-LLM or vLLM behind it. */
const values: Readonly<Record<string, Known | readonly Known[]>> = {
  "vllm:num_requests_running": sum("running"),
  "vllm:num_requests_waiting": sum("waiting"),
  "vllm:kv_cache_usage_perc": mean("kv_cache_use"),
  "vllm:gpu_cache_usage_perc": mean("kv_cache_use"),
  "vllm:prefix_cache_queries_total": sum("prefix_cache_queries"),
  "vllm:prefix_cache_hits_total": sum("prefix_cache_hits"),
  "vllm:gpu_prefix_cache_queries_total": sum("prefix_cache_queries"),
  "vllm:gpu_prefix_cache_hits_total": sum("prefix_cache_hits"),
  "vllm:num_preemptions_total": sum("preemptions"),
  "sglang:num_running_reqs": sum("running"),
  "sglang:num_queue_reqs": sum("waiting"),
  "sglang:token_usage": mean("kv_cache_use"),
  "sglang:cache_hit_rate": mean("prefix_cache_hit_rate"),
  "tgi_batch_current_size": sum("running"),
  "tgi_queue_size": sum("waiting"),
  "llamacpp:requests_processing": sum("running"),
  "llamacpp:requests_deferred": sum("waiting"),
  "llamacpp:kv_cache_usage_ratio": mean("kv_cache_use"),
  "nv_inference_pending_request_count": sum("waiting"),
  "nv_trt_llm_request_metrics": [
    { metric: "running", where: ["request_type", "active"] },
    { metric: "waiting", where: ["request_type", "waiting"] },
  ],
  "nv_trt_llm_kv_cache_block_metrics": {
    ...{ metric: "kv_cache_use", where: ["kv_cache_block_type", "fraction"], lines: "mean" },
  },
};

/** Histograms: the name without `_bucket`, `_sum` and `_count`; and how many of its units are a second. */
const histograms: Readonly<Record<string, { readonly metric: string; readonly perSecond: number }>> = {
  "vllm:time_to_first_token_seconds": { metric: "ttft", perSecond: 1 },
  "vllm:request_queue_time_seconds": { metric: "queue_time", perSecond: 1 },
  "sglang:time_to_first_token_seconds": { metric: "ttft", perSecond: 1 },
  "sglang:queue_time_seconds": { metric: "queue_time", perSecond: 1 },
  "tgi_request_queue_duration": { metric: "queue_time", perSecond: 1 },
  "nv_inference_first_response_histogram_ms": { metric: "ttft", perSecond: 1000 },
};

/** Triton has the sum and the count of the times in its queue under names of their own. */
const tritonQueue = { sum: "nv_inference_queue_duration_us", count: "nv_inference_request_success" } as const;

/** llama.cpp counts prompt tokens that were computed and those that its cache had; they are what was looked for, together. */
const llamaTokens = {
  computed: "llamacpp:prompt_tokens_total",
  cached: "llamacpp:prompt_tokens_cached_total",
} as const;

const others: readonly string[] = [...Object.values(tritonQueue), ...Object.values(llamaTokens)];

const histogramPart = /^(.*)_(bucket|sum|count)$/;
const isWanted = (name: string) =>
  name in values || others.includes(name) || (histogramPart.exec(name)?.[1] ?? "") in histograms;

/**
 * Readings of what a server says of itself. A name that it has in two versions counts once; SGLang's lines by priority repeat the
 * line without one.
 */
export function readServerMetrics(text: string): Reading[] {
  const series = parseSeries(text, isWanted).filter(({ labels }) => !labels["priority"]);
  const byName = Map.groupBy(series, ({ name }) => name);
  const readings = new Map<string, Reading>();
  for (const [name, lines] of byName) {
    for (const { metric, where, lines: how = "sum" } of [values[name] ?? []].flat()) {
      const meant = lines.filter(({ labels, value }) =>
        Number.isFinite(value) && (where === undefined || labels[where[0]] === where[1])
      );
      if (meant.length === 0) continue;
      const total = sumOf(meant);
      const reading = { metric, value: how === "mean" ? total / meant.length : total };
      // TensorRT-LLM's own queue is known more exactly than Triton's in front of it.
      if (!readings.has(metric) || name.startsWith("nv_trt")) readings.set(metric, reading);
    }
  }
  for (const [name, { metric, perSecond }] of Object.entries(histograms)) {
    const counted = byName.get(`${name}_count`);
    const added = byName.get(`${name}_sum`);
    if (counted === undefined || added === undefined) continue;
    readings.set(metric, {
      metric,
      value: sumOf(counted),
      sum: sumOf(added) / perSecond,
      buckets: bucketsOf(byName.get(`${name}_bucket`) ?? [], perSecond),
    });
  }
  const [waited, answered] = [byName.get(tritonQueue.sum), byName.get(tritonQueue.count)];
  if (waited !== undefined && answered !== undefined) {
    readings.set("queue_time", { metric: "queue_time", value: sumOf(answered), sum: sumOf(waited) / 1e6 });
  }
  const [computed, cached] = [byName.get(llamaTokens.computed), byName.get(llamaTokens.cached)];
  if (computed !== undefined && cached !== undefined) {
    const hits = sumOf(cached);
    readings.set("prefix_cache_hits", { metric: "prefix_cache_hits", value: hits });
    readings.set("prefix_cache_queries", { metric: "prefix_cache_queries", value: sumOf(computed) + hits });
  }
  return [...readings.values()];
}

const sumOf = (lines: readonly Series[]) => lines.reduce((total, { value }) => total + value, 0);

/** Of several models or engines with the same limits: those that are within, added up. */
function bucketsOf(lines: readonly Series[], perSecond: number): UseBucket[] {
  const counts = new Map<number, number>();
  for (const { labels, value } of lines) {
    const limit = labels["le"] === "+Inf" ? Infinity : Number(labels["le"]) / perSecond;
    if (!Number.isNaN(limit)) counts.set(limit, (counts.get(limit) ?? 0) + value);
  }
  return [...counts].sort(([a], [b]) => a - b)
    .map(([limit, count]) => [Number.isFinite(limit) ? limit : null, count]);
}
