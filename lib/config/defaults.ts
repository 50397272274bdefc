/** Every default of the config, in one place. Where a default depends on other keys, `config.ts` works it out. */

/** What a key is when the config does not say. */
export const defaults = {
  dir_paths: { data_prefix: "data", prompts_prefix: "prompts", metrics_dir: "metrics", models_dir: "models" },
  s3_read_data: {
    scripts_prefix: "scripts",
    source_data_prefix: "source_data",
    configs_prefix: "configs",
    prompt_template_dir: "prompt_template",
    prompt_template_file: "question_answering.txt",
  },
  datasets: {
    /** Without `datasets.filters`: one payload file that takes every row. */
    filter: { payload_file: "payload_all.jsonl", min_length_in_tokens: 0 },
    /** Rows drawn from each data set of the Hub. */
    ds_N: 100,
  },
  /** A file of this name beside the config is laid over the shipped one. */
  pricing: "pricing.yml",
  experiment: {
    instance_count: 1,
    inference_script: "openai_chat",
    /** Requests in flight: enough to see a knee, few enough for a small endpoint. */
    concurrency_levels: [1, 4, 16],
  },
  simulate: { accuracy: 0.9 },
  load: {
    mode: "closed",
    /** A p95 is trusted from 100 samples on. Not used when FMBench's iterations per combination are given. */
    requests: 100,
    /** The most it takes to get the interval as narrow as asked. */
    requests_for_width: 1000,
    warmup_requests: 4,
    drain_seconds: 0,
    arrival: "poisson",
    time_scale: 1,
    seed: 1,
    timeout_seconds: 300,
    stall_seconds: 120,
    /** Half of at least 20 requests failed: the rest would be spent on an endpoint that is down. */
    stop_error_rate: 0.5,
    /** What a `retry` section that leaves something out has; without a section there is no retry. */
    retry: { attempts: 3, backoff_ms: 1000, on: ["throttled", "network"] },
    cache_busting: false,
    shared_prefix_tokens: 0,
    clock: "auto",
    workers: 1,
  },
  /** As in the notebook that latency studies come from. */
  study: {
    invocations_per_scenario: 5,
    /** Where no duration is given. */
    rounds: 5,
    sleep_between_invocations: 60,
    parallel_calls: 4,
    jitter: 0.1,
    /** A little less than the minute after which load balancers drop what rests. */
    idle_connection_seconds: 55,
    stop_when_precise: false,
  },
  /** A file of this name beside the config comes before the shipped one. */
  model_evaluations: "model_eval_all_info.yml",
  evaluation: {
    score: { method: "auto" },
    panel: "auto",
    judge: { inference_script: "bedrock" },
    /** Calls to judges in flight. */
    parallel: 5,
    embedder: { kind: "none" },
    incorrect_verdict_cosine_similarity_threshold: 0.4,
    correct_verdict_cosine_similarity_threshold: 0.01,
    use_quantitative_metrics: true,
    /** Enough for an agreement that means something, few enough for an hour's work. */
    review_rows: 50,
  },
  report: { latency_budget: 5, latency_statistic: "p95", error_rate_budget: 0 },
  /** A run that is over is cleaned up long before; this is for what nobody cleaned up. */
  deployment: { expires_hours: 24, continue_without_failed: false },
  utilisation: { enabled: true, interval_seconds: 5 },
  /** Whether step 0 measures the client's own error: 5 s on this machine, no request leaves it. */
  certify: true,
  preflight: true,
} as const;
