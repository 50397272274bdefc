/** The record of an attempt: what the journal keeps of it. */

import { emptyRecord, type Level, type RequestRecord, type Status } from "../core/mod.ts";
import { gapFigures, outputTokensPerS, tpotMs } from "../metrics/mod.ts";
import { type Answer, withCap } from "../predict/mod.ts";
import type { SendResult } from "../transport/mod.ts";
import type { AttemptContext, AttemptOptions } from "./attempt.ts";

/** The level's parameters; a cap that a replayed trace gives takes the place of theirs, whatever they call it. */
export function parametersOf({ level, planned }: AttemptOptions): Level["parameters"] {
  const { max_tokens } = planned;
  return max_tokens === undefined ? level.parameters : withCap(level.parameters, max_tokens);
}

/** A connection that fails after the protocol's own end does not make the answer later. */
export function endOf(result: SendResult, answer: Answer): number {
  return result.failure === null ? result.ended_ms : answer.terminated_ms ?? result.ended_ms;
}

/** One line of the journal; times in milliseconds from the segment's origin. */
export function recordOf(
  status: Status,
  result: SendResult,
  answer: Answer,
  options: AttemptOptions,
  { transport, segment, worker, origin_at_ms, utc_ms = (ms) => origin_at_ms + ms }: AttemptContext,
): RequestRecord {
  const { planned, level, payload, predictor, attempt = 1 } = options;
  const { endpoint } = level;
  const parameters = parametersOf(options);
  const scheduled_ms = micros(options.scheduled_ms);
  const sent_ms = micros(result.sent_ms);
  const ended_ms = micros(endOf(result, answer));
  const first_token_ms = micros(answer.chunk_ms[0]);
  const first_visible_token_ms = micros(answer.first_visible_ms);
  const last_token_ms = micros(answer.chunk_ms.at(-1));
  const ok = status === "ok";
  const between = (from: number | null, to: number | null) =>
    from === null || to === null ? null : micros(to - from);
  const sinceSent = (ms: number | null) => ok ? between(sent_ms, ms) : null;
  const due_ms = scheduled_ms ?? micros(options.first_sent_ms) ?? sent_ms;
  const e2e_ms = sinceSent(ended_ms);
  const generation = { first_token_ms, last_token_ms, completion_tokens: answer.completion_tokens };
  const tier = parameters["service_tier"] ?? endpoint.options?.service_tier;
  return {
    ...emptyRecord(),
    request_id: planned.request_id,
    attempt: (planned.attempts_before ?? 0) + attempt,
    segment,
    scenario_id: planned.call?.scenario_id ?? null,
    round: planned.call?.round ?? null,
    block: planned.call?.block ?? null,
    experiment_name: endpoint.experiment_name,
    model_id: endpoint.model_id,
    instance_type: endpoint.instance_type,
    region: endpoint.region,
    endpoint_name: endpoint.endpoint_name,
    payload_file: level.payload_file,
    payload_id: planned.payload_id,
    prompt_use: planned.prompt_use,
    concurrency: level.concurrency,
    request_rate_rps: level.request_rate_rps,
    arrival: level.arrival,
    phase: planned.phase,
    worker,
    replica: options.replica ?? null,
    scheduled_ms,
    sent_ms,
    body_sent_ms: micros(result.body_sent_ms),
    headers_ms: micros(result.headers_ms),
    first_token_ms,
    first_visible_token_ms,
    last_token_ms,
    ended_ms,
    sent_at: sent_ms === null ? null : new Date(utc_ms(sent_ms)).toISOString(),
    send_lag_ms: between(scheduled_ms, sent_ms),
    dns_ms: micros(result.dns_ms),
    connect_ms: micros(result.connect_ms),
    tls_ms: micros(result.tls_ms),
    ttft_ms: sinceSent(first_token_ms),
    ttft_visible_ms: sinceSent(first_visible_token_ms),
    e2e_ms,
    response_ms: ok ? between(due_ms, ended_ms) : null,
    service_ms: e2e_ms,
    tpot_ms: ok ? tpotMs(generation) : null,
    output_tokens_per_s: ok ? outputTokensPerS(generation) : null,
    ...gapFigures(answer.chunk_ms),
    chunks: answer.chunk_ms.length,
    coalesced_chunks: answer.coalesced_chunks,
    clock: transport.clock,
    trusted: level.trusted ?? null,
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
    asked_latency_mode: endpoint.options?.latency_mode ?? null,
    served_latency_mode: answer.served_latency_mode,
    asked_service_tier: typeof tier === "string" ? tier : null,
    served_service_tier: answer.served_service_tier,
    connection_reused: result.reused,
    connection_ahead: result.reused || result.sent_ms === null ? null : result.ahead,
    completion: result.headers_ms === null && answer.text === "" ? null : answer.text,
    ground_truth: payload.ground_truth === null ? null : JSON.stringify(payload.ground_truth),
    question: payload.question,
  };
}

/** Microseconds are what the clock resolves; more digits would only lengthen the journal. */
function micros(ms: number | null | undefined): number | null {
  return ms === null || ms === undefined ? null : Math.round(ms * 1000) / 1000;
}
