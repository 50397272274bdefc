/** One attempt of one request: sent, read, and put into a record. */

import {
  emptyRecord,
  type Level,
  type Payload,
  type PlannedRequest,
  type RequestRecord,
  type Status,
} from "../core/mod.ts";
import { gapFigures, outputTokensPerS, tpotMs } from "../metrics/mod.ts";
import type { Answer, Predictor } from "../predict/mod.ts";
import type { SendResult, Transport } from "../transport/mod.ts";

/** What all attempts of a worker share. */
export interface AttemptContext {
  readonly transport: Transport;
  readonly segment: string;
  readonly worker: string;
  /** The zero of all stamps on the wall clock, in milliseconds since 1970. */
  readonly origin_at_ms: number;
  readonly signal: AbortSignal;
}

/** What is sent. */
export interface AttemptOptions {
  readonly planned: PlannedRequest;
  readonly level: Level;
  readonly payload: Payload;
  readonly predictor: Predictor;
}

/** An attempt that is over. The record is built when it is asked for: at the flush of the journal, off the hot path. */
export interface Attempt {
  readonly status: Status;
  /** From sent to ended; null when it was never sent. */
  readonly service_ms: number | null;
  record(): RequestRecord;
}

/** Sends a request once. Never rejects for what happens to it. */
export async function attempt(options: AttemptOptions, context: AttemptContext): Promise<Attempt> {
  const { level, payload, predictor } = options;
  const reader = predictor.read();
  const result = await context.transport.send(predictor.request(payload, level.parameters), reader, {
    limits: { total_ms: level.timeout_ms, stall_ms: level.stall_ms },
    signal: context.signal,
  });
  const answer = reader.finish(result.failure);
  const cancelled = result.failure?.kind === "cancelled" && !answer.terminated;
  const status: Status = cancelled ? "cancelled" : answer.error === null ? "ok" : "error";
  return {
    status,
    service_ms: result.sent_ms === null ? null : endOf(result, answer) - result.sent_ms,
    record: () => recordOf(status, result, answer, options, context),
  };
}

/** A connection that fails after the protocol's own end does not make the answer later. */
function endOf(result: SendResult, answer: Answer): number {
  return result.failure === null ? result.ended_ms : answer.terminated_ms ?? result.ended_ms;
}

function recordOf(
  status: Status,
  result: SendResult,
  answer: Answer,
  { planned, level, payload, predictor }: AttemptOptions,
  { transport, segment, worker, origin_at_ms }: AttemptContext,
): RequestRecord {
  const { endpoint, parameters } = level;
  const sent_ms = micros(result.sent_ms);
  const ended_ms = micros(endOf(result, answer));
  const first_token_ms = micros(answer.chunk_ms[0]);
  const first_visible_token_ms = micros(answer.first_visible_ms);
  const last_token_ms = micros(answer.chunk_ms.at(-1));
  const ok = status === "ok";
  const sinceSent = (ms: number | null) =>
    !ok || ms === null || sent_ms === null ? null : micros(ms - sent_ms);
  const e2e_ms = sinceSent(ended_ms);
  const generation = { first_token_ms, last_token_ms, completion_tokens: answer.completion_tokens };
  const tier = parameters["service_tier"];
  return {
    ...emptyRecord(),
    request_id: planned.request_id,
    attempt: (planned.attempts_before ?? 0) + 1,
    segment,
    experiment_name: endpoint.experiment_name,
    model_id: endpoint.model_id,
    instance_type: endpoint.instance_type,
    region: endpoint.region,
    endpoint_name: endpoint.endpoint_name,
    payload_file: level.payload_file,
    payload_id: planned.payload_id,
    prompt_use: planned.prompt_use,
    concurrency: level.concurrency,
    arrival: level.arrival,
    phase: planned.phase,
    worker,
    sent_ms,
    body_sent_ms: micros(result.body_sent_ms),
    headers_ms: micros(result.headers_ms),
    first_token_ms,
    first_visible_token_ms,
    last_token_ms,
    ended_ms,
    sent_at: sent_ms === null ? null : new Date(origin_at_ms + sent_ms).toISOString(),
    dns_ms: micros(result.dns_ms),
    connect_ms: micros(result.connect_ms),
    tls_ms: micros(result.tls_ms),
    ttft_ms: sinceSent(first_token_ms),
    ttft_visible_ms: sinceSent(first_visible_token_ms),
    e2e_ms,
    response_ms: e2e_ms,
    service_ms: e2e_ms,
    tpot_ms: ok ? tpotMs(generation) : null,
    output_tokens_per_s: ok ? outputTokensPerS(generation) : null,
    ...gapFigures(answer.chunk_ms),
    chunks: answer.chunk_ms.length,
    coalesced_chunks: answer.coalesced_chunks,
    clock: transport.clock,
    prompt_tokens: answer.prompt_tokens,
    completion_tokens: answer.completion_tokens,
    max_tokens: predictor.maxTokens(parameters),
    cached_prompt_tokens: answer.cached_prompt_tokens,
    cache_write_tokens: answer.cache_write_tokens,
    reasoning_tokens: answer.reasoning_tokens,
    token_source: answer.token_source,
    server_request_id: answer.server_request_id,
    status,
    error_kind: status === "error" ? answer.error!.kind : null,
    http_status: result.status,
    error_message: status === "error" ? answer.error!.message : null,
    stop_reason: answer.stop_reason,
    server_latency_ms: answer.server_latency_ms,
    served_model: answer.served_model,
    asked_service_tier: typeof tier === "string" ? tier : null,
    served_service_tier: answer.served_service_tier,
    connection_reused: result.reused,
    completion: result.status === null ? null : answer.text,
    ground_truth: payload.ground_truth === null ? null : JSON.stringify(payload.ground_truth),
    question: payload.question,
  };
}

/** Microseconds are what the clock resolves; more digits would only lengthen the journal. */
function micros(ms: number | null | undefined): number | null {
  return ms === null || ms === undefined ? null : Math.round(ms * 1000) / 1000;
}
