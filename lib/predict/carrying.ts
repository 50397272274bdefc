/** One exchange or call carried to its end, whoever asked for it. */

import { messageOf } from "../core/mod.ts";
import type { ResponseSink, SendOptions, SendResult, Transport, TransportFailure } from "../transport/mod.ts";
import type { Answer, AnswerError } from "./answer.ts";
import { AnswerDraft } from "./answer_draft.ts";
import { clipped } from "./failure.ts";
import type { Exchange, OwnCall } from "./predictor.ts";
import { retryAfterMs } from "./retry.ts";

/** An exchange that is over. */
export interface Carried {
  readonly result: SendResult;
  readonly answer: Answer;
  /** Pause that the server asked for; null = none. */
  readonly retry_after_ms: number | null;
}

/** Sends what a predictor began, in this very turn, and reads what comes. Never rejects for what happens to it. */
export async function carried(
  made: Exchange | OwnCall,
  transport: Transport,
  options: SendOptions,
): Promise<Carried> {
  if (!("request" in made)) return { ...await made.call(transport, options), retry_after_ms: null };
  const { request, reader } = made;
  let retryAfter: string | undefined;
  const sink: ResponseSink = {
    onHead(head, at_ms) {
      retryAfter = head.headers.get("retry-after");
      reader.onHead(head, at_ms);
    },
    onData: (bytes, at_ms) => reader.onData(bytes, at_ms),
  };
  const result = await transport.send(request, sink, options);
  return {
    result,
    answer: reader.finish(result.failure),
    retry_after_ms: retryAfterMs(retryAfter, Date.now()),
  };
}

/** What could not be made, or signed, was never sent. */
export function unsent(error: unknown, transport: Pick<Transport, "now">): Carried {
  return neverCarried({ kind: "validation", message: clipped(messageOf(error)) }, transport.now());
}

/** Of an exchange or a call nothing came back that could be read: `cancelled` is nobody's error. */
export function neverCarried(failure: AnswerError | TransportFailure, ended_ms: number): Carried {
  const draft = new AnswerDraft();
  if (failure.kind !== "cancelled") draft.fail({ kind: failure.kind, message: failure.message });
  const never = {
    dns_ms: null,
    connect_ms: null,
    tls_ms: null,
    sent_ms: null,
    body_sent_ms: null,
    headers_ms: null,
  };
  const cut = failure.kind === "cancelled" ? { kind: failure.kind, message: failure.message } : null;
  const result = { ...never, reused: false, ahead: false, ended_ms, status: null, failure: cut };
  return { result, answer: draft.answer(), retry_after_ms: null };
}
