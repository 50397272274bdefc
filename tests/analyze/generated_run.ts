/** Records with figures that can be worked out on paper, and run directories that hold them. */

import { join } from "node:path";
import {
  type Budgets,
  emptyRecord,
  type Endpoint,
  type Prices,
  type RequestRecord,
} from "../../lib/core/mod.ts";

let serial = 0;

/** A streamed success of the measure phase: sent at 0, 40 prompt tokens, 10 completion tokens, 1 s, TTFT 100 ms. */
export function record(more: Partial<RequestRecord> = {}): RequestRecord {
  return {
    ...emptyRecord(),
    request_id: `r${serial++}`,
    attempt: 1,
    segment: "1",
    worker: "1",
    experiment_name: "exp",
    model_id: "model",
    instance_type: "m.small",
    endpoint_name: "ep",
    payload_file: "payload_en_0-500.jsonl",
    payload_id: "p0",
    prompt_use: 1,
    concurrency: 1,
    arrival: "closed",
    phase: "measure",
    sent_ms: 0,
    ended_ms: 1000,
    sent_at: "2026-01-01T00:00:00.000Z",
    ttft_ms: 100,
    e2e_ms: 1000,
    response_ms: 1000,
    tpot_ms: 100,
    output_tokens_per_s: 10,
    prompt_tokens: 40,
    completion_tokens: 10,
    token_source: "server",
    status: "ok",
    http_status: 200,
    ...more,
  };
}

/** A failed attempt of the measure phase. */
export function failure(more: Partial<RequestRecord> = {}): RequestRecord {
  return record({
    status: "error",
    error_kind: "http",
    http_status: 500,
    ttft_ms: null,
    e2e_ms: null,
    response_ms: null,
    tpot_ms: null,
    output_tokens_per_s: null,
    completion_tokens: null,
    token_source: null,
    ...more,
  });
}

/** One in flight: request i of `latencies` is sent when the one before has ended. */
export function chain(
  latencies: readonly number[],
  more: (i: number) => Partial<RequestRecord> = () => ({}),
): RequestRecord[] {
  let now = 0;
  return latencies.map((latency, i) => {
    const sent_ms = now;
    now += latency;
    return record({ sent_ms, ended_ms: now, e2e_ms: latency, response_ms: latency, ...more(i) });
  });
}

/** Lines of a journal. */
export function journal(records: readonly RequestRecord[], segment = "1", worker = "1"): string {
  const header = {
    schema: "fmbench.journal/1",
    segment,
    worker,
    clock: "user",
    origin_mono_ns: "0",
    origin_at: "2026-01-01T00:00:00.000Z",
  };
  return [header, ...records].map((line) => JSON.stringify(line) + "\n").join("");
}

/** Runs a test in a run directory with these journals, and removes it. */
export async function inRun(
  journals: Readonly<Record<string, string>>,
  test: (run_dir: string) => Promise<void>,
): Promise<void> {
  const run_dir = await Deno.makeTempDir();
  try {
    await Deno.mkdir(join(run_dir, "requests"));
    for (const [name, text] of Object.entries(journals)) {
      await Deno.writeTextFile(join(run_dir, "requests", name), text);
    }
    await test(run_dir);
  } finally {
    await Deno.remove(run_dir, { recursive: true });
  }
}

export const endpoint: Endpoint = {
  experiment_name: "exp",
  endpoint_name: "ep",
  predictor: "openai_chat",
  url: "http://127.0.0.1:1/v1",
  model_id: "model",
  instance_type: "m.small",
  instance_count: 2,
  region: null,
  deployed: false,
  simulated: true,
  api_key_env: null,
};

export const prices: Prices = {
  meta: { region: null, currency: "USD", date: null, source: null },
  instance_based: { "m.small": 3 },
  token_based: {
    hosted: {
      input_per_1k: 0.5,
      output_per_1k: 2,
      cache_read_per_1k: null,
      cache_write_per_1k: null,
      reasoning_per_1k: null,
    },
  },
  provisioned_based: {},
};

export const budgets: Budgets = {
  latency_budget: 2,
  latency_statistic: "p95",
  cost_per_10k_txn_budget: 50,
  error_rate_budget: 0,
  accuracy_budget: null,
  cosine_similarity_budget: null,
  accuracy_error_rate_budget: null,
};
