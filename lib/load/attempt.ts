/** One attempt of one request: sent, read, and put into a record. */

import {
  emptyRecord,
  type ErrorKind,
  type Level,
  type Payload,
  type PlannedRequest,
  type RequestRecord,
  type Status,
} from "../core/mod.ts";
import { gapFigures, outputTokensPerS, tpotMs } from "../metrics/mod.ts";
import type { Answer, AnswerReader, Predictor } from "../predict/mod.ts";
import type { ResponseSink, SendResult, Transport, WireRequest } from "../transport/mod.ts";
import { retryAfterMs } from "./retry.ts";

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
  /** The prompt as it goes out. @default the payload's */
  readonly prompt?: string;
  /** 1 for the first try. @default 1 */
  readonly attempt?: number;
  /** When the request was due, on the transport's clock; null in closed loop. @default null */
  readonly scheduled_ms?: number | null;
  /** When its first attempt was sent; null for the first one itself. @default null */
  readonly first_sent_ms?: number | null;
  /** What `prepare` made of these options before. @default made now */
  readonly prepared?: Prepared;
}

/** What can be made of an attempt before it is due. It serves one attempt. */
export interface Prepared {
  readonly request: WireRequest;
  readonly reader: AnswerReader;
}

/** Makes what an attempt needs, so that nothing but sending is left when it is due. */
export function prepare(options: AttemptOptions, transport: Pick<Transport, "prepare">): Prepared {
  const made = preparedOf(options);
  transport.prepare(made.request);
  return made;
}

function preparedOf(options: AttemptOptions): Prepared {
  const { payload, predictor, prompt = payload.prompt } = options;
  return { request: predictor.request({ prompt }, parametersOf(options)), reader: predictor.read() };
}

/** An attempt that is over. The record is built when it is asked for: at the flush of the journal, off the hot path. */
export interface Attempt {
  readonly status: Status;
  readonly error_kind: ErrorKind | null;
  /** Pause that the server asked for; null = none. */
  readonly retry_after_ms: number | null;
  /** null when it was never sent. */
  readonly sent_ms: number | null;
  /** It met a connection that the peer had just closed: see `TransportFailure.stale`. */
  readonly stale: boolean;
  /** From sent to ended; null when it was never sent. */
  readonly service_ms: number | null;
  record(): RequestRecord;
}

/** Sends a request once. Never rejects for what happens to it. */
export async function attempt(options: AttemptOptions, context: AttemptContext): Promise<Attempt> {
  const { level } = options;
  const { request, reader } = options.prepared ?? preparedOf(options);
  let retryAfter: string | undefined;
  const sink: ResponseSink = {
    onHead(head, at_ms) {
      retryAfter = head.headers.get("retry-after");
      reader.onHead(head, at_ms);
    },
    onData: (bytes, at_ms) => reader.onData(bytes, at_ms),
  };
  const result = await context.transport.send(request, sink, {
    limits: { total_ms: level.timeout_ms, stall_ms: level.stall_ms },
    signal: context.signal,
  });
  const answer = reader.finish(result.failure);
  const cancelled = result.failure?.kind === "cancelled" && !answer.terminated;
  const status: Status = cancelled ? "cancelled" : answer.error === null ? "ok" : "error";
  return {
    status,
    error_kind: status === "error" ? answer.error!.kind : null,
    retry_after_ms: retryAfterMs(retryAfter, Date.now()),
    sent_ms: result.sent_ms,
    stale: status === "error" && result.failure?.stale === true,
    service_ms: result.sent_ms === null ? null : endOf(result, answer) - result.sent_ms,
    record: () => recordOf(status, result, answer, options, context),
  };
}

/** The level's parameters; a cap that a replayed trace gives takes the place of theirs, whatever they call it. */
function parametersOf({ level, planned }: AttemptOptions): Level["parameters"] {
  if (planned.max_tokens === undefined) return level.parameters;
  const { max_tokens: _, max_completion_tokens: __, ...rest } = level.parameters;
  return { ...rest, max_new_tokens: planned.max_tokens };
}

/** A connection that fails after the protocol's own end does not make the answer later. */
function endOf(result: SendResult, answer: Answer): number {
  return result.failure === null ? result.ended_ms : answer.terminated_ms ?? result.ended_ms;
}

function recordOf(
  status: Status,
  result: SendResult,
  answer: Answer,
  options: AttemptOptions,
  { transport, segment, worker, origin_at_ms }: AttemptContext,
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
  const tier = parameters["service_tier"];
  return {
    ...emptyRecord(),
    request_id: planned.request_id,
    attempt: (planned.attempts_before ?? 0) + attempt,
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
    request_rate_rps: level.request_rate_rps,
    arrival: level.arrival,
    phase: planned.phase,
    worker,
    scheduled_ms,
    sent_ms,
    body_sent_ms: micros(result.body_sent_ms),
    headers_ms: micros(result.headers_ms),
    first_token_ms,
    first_visible_token_ms,
    last_token_ms,
    ended_ms,
    sent_at: sent_ms === null ? null : new Date(origin_at_ms + sent_ms).toISOString(),
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
