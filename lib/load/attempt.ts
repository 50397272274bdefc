/** One attempt of one request: sent, read, and put into a record. */

import {
  type ErrorKind,
  type Level,
  type Payload,
  type PlannedRequest,
  type RequestRecord,
  type Status,
} from "../core/mod.ts";
import {
  type Carried,
  carried,
  type Exchange,
  type OwnCall,
  type Predictor,
  unsent,
} from "../predict/mod.ts";
import type { SendOptions, Transport } from "../transport/mod.ts";
import { endOf, parametersOf, recordOf } from "./request_record.ts";

/** What all attempts of a worker share. */
export interface AttemptContext {
  readonly transport: Transport;
  readonly segment: string;
  readonly worker: string;
  /** The zero of all stamps on the wall clock, in milliseconds since 1970. */
  readonly origin_at_ms: number;
  /** UTC of a moment on the transport's clock, in milliseconds since 1970. @default that long after `origin_at_ms` */
  readonly utc_ms?: (at_ms: number) => number;
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
  /** Which copy of the endpoint it goes to, from 0; null: it has one. @default null */
  readonly replica?: number | null;
  /** When the request was due, on the transport's clock; null in closed loop. @default null */
  readonly scheduled_ms?: number | null;
  /** When its first attempt was sent; null for the first one itself. @default null */
  readonly first_sent_ms?: number | null;
  /** What `prepare` made of these options before. @default made now */
  readonly prepared?: Prepared | Promise<Prepared>;
}

/** What can be made of an attempt before it is due. It serves one attempt. */
export type Prepared = Exchange | OwnCall;

/** A signature that ends so soon is not sent any more: the request has to arrive before. */
const signatureMargin_ms = 5_000;

/**
 * Makes what an attempt needs, so that nothing but sending is left when it is due. What can't be made comes out of the attempt
 * itself.
 */
export function prepare(
  options: AttemptOptions,
  transport: Pick<Transport, "prepare">,
): Prepared | Promise<Prepared> {
  let made: Prepared | Promise<Prepared>;
  try {
    made = begin(options);
  } catch (error) {
    made = Promise.reject(error);
  }
  if (!(made instanceof Promise)) return readied(made, transport);
  const ready = made.then((begun) => readied(begun, transport));
  // It is awaited when it is due; until then its failure has nobody to hear of it.
  ready.catch(() => {});
  return ready;
}

function readied(made: Prepared, transport: Pick<Transport, "prepare">): Prepared {
  if ("request" in made) transport.prepare(made.request);
  return made;
}

function begin(options: AttemptOptions): Prepared | Promise<Prepared> {
  const { payload, predictor, prompt = payload.prompt } = options;
  return predictor.begin({ ...payload, prompt }, parametersOf(options));
}

/** Whether the signature of what was prepared has ended meanwhile. */
function hasExpired(made: Prepared): boolean {
  return "request" in made && (made.expires_at_ms ?? Infinity) - signatureMargin_ms <= Date.now();
}

/** An attempt that is over. The record is built when it is asked for: at the flush of the journal, off the hot path. */
export interface Attempt {
  /** Over all segments, from 1. */
  readonly number: number;
  readonly status: Status;
  readonly error_kind: ErrorKind | null;
  readonly http_status: number | null;
  /** What went wrong, redacted; null: nothing did. */
  readonly error_message: string | null;
  /** Tokens as the server counted them; null = it said nothing. */
  readonly prompt_tokens: number | null;
  readonly completion_tokens: number | null;
  /** Pause that the server asked for; null = none. */
  readonly retry_after_ms: number | null;
  /** null when it was never sent. */
  readonly sent_ms: number | null;
  /** It met a connection that the peer had just closed: see `TransportFailure.stale`. */
  readonly stale: boolean;
  /** When its first token came; null: it did not, or was not streamed. */
  readonly first_token_ms: number | null;
  readonly last_token_ms: number | null;
  readonly ended_ms: number;
  /** From sent to ended; null when it was never sent. */
  readonly service_ms: number | null;
  record(): RequestRecord;
  /** The same as one that was cut off, because its times can't be trusted. */
  cut(): Attempt;
}

/** Sends a request once. Never rejects for what happens to it. */
export async function attempt(options: AttemptOptions, context: AttemptContext): Promise<Attempt> {
  const { level } = options;
  const { transport } = context;
  const limits = { total_ms: level.timeout_ms, stall_ms: level.stall_ms };
  const sending: SendOptions = { limits, signal: context.signal };
  let made: Prepared;
  try {
    // What is there already goes out in this very turn: a burst has no gaps of ours.
    const prepared = options.prepared ?? begin(options);
    made = prepared instanceof Promise ? await prepared : prepared;
    if (options.prepared !== undefined && hasExpired(made)) made = await begin(options);
  } catch (error) {
    return settled(options, context, unsent(error, transport));
  }
  return settled(options, context, await carried(made, transport, sending));
}

function settled(
  options: AttemptOptions,
  context: AttemptContext,
  { result, answer, retry_after_ms }: Carried,
): Attempt {
  const cancelled = result.failure?.kind === "cancelled" && !answer.terminated;
  const status: Status = cancelled ? "cancelled" : answer.error === null ? "ok" : "error";
  const as = (status: Status): Attempt => ({
    number: (options.planned.attempts_before ?? 0) + (options.attempt ?? 1),
    status,
    error_kind: status === "error" ? answer.error!.kind : null,
    http_status: result.status,
    error_message: status === "error" ? answer.error!.message : null,
    prompt_tokens: answer.prompt_tokens,
    completion_tokens: answer.completion_tokens,
    retry_after_ms,
    sent_ms: result.sent_ms,
    first_token_ms: answer.chunk_ms[0] ?? null,
    last_token_ms: answer.chunk_ms.at(-1) ?? null,
    ended_ms: endOf(result, answer),
    stale: status === "error" && result.failure?.stale === true,
    service_ms: result.sent_ms === null ? null : endOf(result, answer) - result.sent_ms,
    record: () => recordOf(status, result, answer, options, context),
    cut: () => as("cancelled"),
  });
  return as(status);
}
