/** Calls to the endpoint of a judge or an embedder, each made once. */

import { type Endpoint, messageOf } from "../core/mod.ts";
import {
  type Answer,
  AnswerDraft,
  type AnswerReader,
  clipped,
  type Parameters,
  type Predictor,
  predictorFor,
  type PredictorOptions,
  type Prompt,
  retryAfterMs,
} from "../predict/mod.ts";

/** How an endpoint's network and keys are had. */
export interface EndpointAccess {
  /** Opened by the caller, who closes them: `openTransports("user", {proxyFor})` will do. */
  readonly transports: NonNullable<PredictorOptions["transports"]>;
  readonly env?: NonNullable<PredictorOptions["env"]>;
  /** For endpoints whose requests are signed. */
  readonly credentials?: NonNullable<PredictorOptions["credentials"]>;
  /** Limit for one call. @default 120000 */
  readonly timeout_ms?: number;
  readonly signal?: AbortSignal;
}

/** How often a call is made again that was throttled, timed out, broke off, or met the network's or the server's own failure (5xx). */
export interface CallRetries {
  /** Most attempts of one call, the first included. @default 5 */
  readonly attempts?: number;
  /** Wait before the second attempt; doubles with every further one, up to half of it at random. @default 1000 */
  readonly backoff_ms?: number;
  /** The longest wait; an endpoint that asks for a longer one is not asked again. @default 60000 */
  readonly longest_ms?: number;
}

/** What came back. */
export interface EndpointReply {
  readonly answer: Answer;
  readonly http_status: number | null;
  /** Pause that the server asked for; null = none. */
  readonly retry_after_ms: number | null;
  /** From sent to ended; null when it was never sent. */
  readonly latency_ms: number | null;
  /** The signal ended it. */
  readonly cancelled: boolean;
}

/** An endpoint that can be asked. */
export interface Line {
  readonly predictor: Predictor;
  /** Never rejects for what happens to the call. */
  call(prompt: Prompt, parameters: Parameters, signal: AbortSignal): Promise<EndpointReply>;
}

/** @throws {UserError} if there is no such predictor, or it can't be made */
export async function openLine(
  { endpoint }: { readonly endpoint: Endpoint },
  { transports, env, credentials, timeout_ms = 120_000 }: EndpointAccess,
): Promise<Line> {
  const predictor = await predictorFor({
    endpoint,
    stream: false,
    transports,
    ...(env === undefined ? {} : { env }),
    ...(credentials === undefined ? {} : { credentials }),
  });
  const transport = transports.for(endpoint.url);
  const limits = { total_ms: timeout_ms };
  return {
    predictor,
    async call(prompt, parameters, signal) {
      let made: Awaited<ReturnType<Predictor["begin"]>>;
      try {
        made = await predictor.begin(prompt, parameters);
      } catch (error) {
        return unsent(error);
      }
      if (!("request" in made)) return replyOf(await made.call(transport, { limits, signal }));
      const { request, reader } = made;
      let retryAfter: string | undefined;
      const sink: Pick<AnswerReader, "onHead" | "onData"> = {
        onHead(head, at_ms) {
          retryAfter = head.headers.get("retry-after");
          reader.onHead(head, at_ms);
        },
        onData: (bytes, at_ms) => reader.onData(bytes, at_ms),
      };
      const result = await transport.send(request, sink, { limits, signal });
      return replyOf({ result, answer: reader.finish(result.failure) }, retryAfter);
    },
  };
}

type Transport = ReturnType<EndpointAccess["transports"]["for"]>;

interface Ended {
  readonly result: Awaited<ReturnType<Transport["send"]>>;
  readonly answer: Answer;
}

function replyOf({ result, answer }: Ended, retryAfter?: string): EndpointReply {
  return {
    answer,
    http_status: result.status,
    retry_after_ms: retryAfterMs(retryAfter, Date.now()),
    latency_ms: result.sent_ms === null ? null : result.ended_ms - result.sent_ms,
    cancelled: result.failure?.kind === "cancelled",
  };
}

function unsent(error: unknown): EndpointReply {
  const draft = new AnswerDraft();
  draft.fail({ kind: "validation", message: clipped(messageOf(error)) });
  return {
    answer: draft.answer(),
    http_status: null,
    retry_after_ms: null,
    latency_ms: null,
    cancelled: false,
  };
}
