/** Names, units and definitions of all that is sampled: the one table of it. `docs/utilisation.md` is made of it. */

import type { UseSource } from "./machine_use.ts";

/**
 * How a metric behaves. `counter`: counts up, what matters is its growth. `gauge`: holds for its moment only. `level`: changes
 * slowly, so that a reading just before or after a level still tells of it. `histogram`: counters of how many were how long.
 */
export type UseKind = "counter" | "gauge" | "level" | "histogram";

export interface UseMetric {
  readonly source: UseSource;
  readonly metric: string;
  readonly unit: string;
  readonly kind: UseKind;
  /** What is done with an endpoint's copies: their means are added up, or averaged. */
  readonly copies: "sum" | "mean";
  readonly doc: string;
}

const cpu = { metric: "cpu_time", unit: "core-seconds", kind: "counter", copies: "sum" } as const;
const memory = { metric: "memory_used", unit: "bytes", kind: "level", copies: "sum" } as const;
const percent = { unit: "%", kind: "gauge", copies: "mean" } as const;
const requests = { unit: "requests", kind: "gauge", copies: "sum" } as const;

/** Everything that can stand in `utilisation/*.jsonl`. */
export const useMetrics: readonly UseMetric[] = [
  {
    ...{ ...cpu, source: "machine" },
    doc:
      "time that the cores of this machine were not idle: user, nice, system, interrupts and stolen time of `/proc/stat`. " +
      "In a container it is that of the machine below",
  },
  { ...memory, source: "machine", doc: "`MemTotal` minus `MemAvailable` of this machine" },
  {
    ...{ ...cpu, source: "process" },
    doc:
      "user and system time of the endpoint's processes on this machine, of all that they started, and of those among them that ended",
  },
  {
    ...{ ...memory, source: "process" },
    doc:
      "resident memory of the endpoint's processes and of all that they started; pages that they share count once for each",
  },
  { ...cpu, source: "client", doc: "the same of the load workers, which send the requests" },
  { ...memory, source: "client", doc: "the same of the load workers" },
  {
    ...{ source: "container", metric: "cpu", unit: "cores", kind: "gauge", copies: "sum" },
    doc: "`CPUPerc` of `docker stats` / 100: cores in use in the second or two before the reading",
  },
  { ...cpu, source: "container", doc: "`cpu_time` of `podman stats`" },
  {
    ...{ ...memory, source: "container" },
    doc:
      "`MemUsage` of `docker stats` or `mem_usage` of `podman stats`, without the cache of files where the engine leaves it out",
  },
  {
    ...{ ...percent, source: "gpu", metric: "use" },
    doc:
      "`utilization.gpu` of `nvidia-smi`: part of the time before the reading (a second at most) in which at least one kernel ran; " +
      "100 % does not mean that nothing is left",
  },
  {
    ...{ source: "gpu", metric: "memory_used", unit: "MiB", kind: "level", copies: "sum" },
    doc:
      "`memory.used` of `nvidia-smi`, of all processes on the GPU. Servers reserve memory beforehand: it tells little of the load",
  },
  {
    ...{ source: "gpu", metric: "memory_total", unit: "MiB", kind: "level", copies: "sum" },
    doc: "`memory.total` of `nvidia-smi`",
  },
  {
    ...{ source: "gpu", metric: "power", unit: "W", kind: "gauge", copies: "sum" },
    doc: "`power.draw` of `nvidia-smi`",
  },
  {
    ...{ ...percent, source: "neuron", metric: "use" },
    doc: "`neuroncore_utilization` of `neuron-monitor`, over its period",
  },
  {
    ...{ source: "neuron", metric: "memory_used", unit: "bytes", kind: "level", copies: "sum" },
    doc: "`neuron_runtime_used_bytes.neuron_device` of `neuron-monitor`, all runtimes together",
  },
  {
    ...{ ...requests, source: "server", metric: "running" },
    doc: "requests that the server works on",
  },
  {
    ...{ ...requests, source: "server", metric: "waiting" },
    doc: "requests that wait in the server's queue",
  },
  {
    ...{ source: "server", metric: "kv_cache_use", unit: "1", kind: "gauge", copies: "mean" },
    doc: "part of the KV cache in use, 0 to 1",
  },
  {
    ...{ source: "server", metric: "prefix_cache_queries", unit: "tokens", kind: "counter", copies: "sum" },
    doc: "prompt tokens that were looked for in the prefix cache",
  },
  {
    ...{ source: "server", metric: "prefix_cache_hits", unit: "tokens", kind: "counter", copies: "sum" },
    doc: "prompt tokens that were found there",
  },
  {
    ...{ source: "server", metric: "prefix_cache_hit_rate", unit: "1", kind: "gauge", copies: "mean" },
    doc: "SGLang's own ratio, of its latest batch of prompts",
  },
  {
    ...{ source: "server", metric: "preemptions", unit: "requests", kind: "counter", copies: "sum" },
    doc: "requests that were put back because the KV cache was full",
  },
  {
    ...{ source: "server", metric: "ttft", unit: "s", kind: "histogram", copies: "sum" },
    doc: "time to first token as the server measures it, from its receipt of the request",
  },
  {
    ...{ source: "server", metric: "queue_time", unit: "s", kind: "histogram", copies: "sum" },
    doc: "time that requests waited in the server's queue",
  },
  ...([
    ["cpu", "%", "CPUUtilization", "all cores together: 100 % is one core"],
    ["memory", "%", "MemoryUtilization", "part of the instance's memory"],
    ["gpu", "%", "GPUUtilization", "all GPUs together: 100 % is one GPU"],
    ["gpu_memory", "%", "GPUMemoryUtilization", "all GPUs together: 100 % is the memory of one"],
    ["disk", "%", "DiskUtilization", "part of the instance's disk"],
    ["invocations", "1/min", "Invocations", "requests that the endpoint got in that minute (sum)"],
    ["model_latency", "ms", "ModelLatency", "time in the container, from microseconds"],
    ["overhead_latency", "ms", "OverheadLatency", "time that SageMaker added, from microseconds"],
  ] as const).map(([metric, unit, name, words]): UseMetric => ({
    ...{ source: "cloudwatch", metric, unit, kind: "gauge", copies: "mean" },
    doc: `\`${name}\` of CloudWatch, mean and maximum of a minute: ${words}`,
  })),
];

/** How a source and a metric are written together. */
export const useName = ({ source, metric }: { readonly source: UseSource; readonly metric: string }) =>
  `${source}.${metric}`;

/** The metrics by `useName`. */
export const useMetric: ReadonlyMap<string, UseMetric> = new Map(
  useMetrics.map((metric) => [useName(metric), metric]),
);
