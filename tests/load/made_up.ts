/** Levels, plans and records for tests: everything valid, a test changes what it is about. */

import {
  emptyRecord,
  type Endpoint,
  type Level,
  type Payload,
  type RequestRecord,
} from "../../lib/core/mod.ts";
import { levelOf, type LevelSpec, planLoad } from "../../lib/load/mod.ts";

export function endpoint(changes: Partial<Endpoint> = {}): Endpoint {
  return {
    experiment_name: "exp-a",
    endpoint_name: "ep-a",
    predictor: "openai_chat",
    url: "http://127.0.0.1:9/v1",
    model_id: "m",
    instance_type: "sim",
    instance_count: 1,
    region: null,
    deployed: false,
    simulated: true,
    api_key_env: null,
    ...changes,
  };
}

export function spec(changes: Partial<LevelSpec> = {}): LevelSpec {
  return {
    endpoint: endpoint(),
    payload_file: "p.jsonl",
    concurrency: 2,
    arrival: "closed",
    parameters: { max_new_tokens: 10 },
    stream: true,
    timeout_ms: 5000,
    stall_ms: 5000,
    stop_error_rate: null,
    warmup_requests: 0,
    requests: 4,
    min_iters: 5,
    max_iters: 105,
    ...changes,
  };
}

export function level(changes: Partial<Level> = {}): Level {
  return { ...levelOf(spec(), 0), ...changes };
}

/** A plan of these levels over `count` prompts named `p0`, `p1`, ... */
export function planOf(levels: readonly LevelSpec[], count = 10, seed = 1) {
  const payloads = () => Array.from({ length: count }, (_, i) => `p${i}`);
  return planLoad({ seed, config_hash: "c", version: "0", levels, payloads });
}

export function payload(payload_id: string, changes: Partial<Payload> = {}): Payload {
  return {
    payload_id,
    prompt: `prompt of ${payload_id}`,
    prompt_tokens: 4,
    language: "en",
    question: "why?",
    ground_truth: ["because"],
    ...changes,
  };
}

export function record(changes: Partial<RequestRecord>): RequestRecord {
  return { ...emptyRecord(), attempt: 1, status: "ok", ...changes };
}
