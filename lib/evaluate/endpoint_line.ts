/** Calls to the endpoint of a judge or an embedder, each made once. */

import type { Endpoint } from "../core/mod.ts";
import {
  type Answer,
  type Carried,
  carried,
  hostModule,
  ownModuleOf,
  type Parameters,
  type Predictor,
  predictorFor,
  type PredictorOptions,
  type Prompt,
  unsent,
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

/** An endpoint that can be asked, until it is closed. */
export interface Line extends Pick<Predictor, "maxTokens" | "embedsAtOnce"> {
  /** Never rejects for what happens to the call. */
  call(prompt: Prompt, parameters: Parameters, signal: AbortSignal): Promise<EndpointReply>;
  /** Ends the process of a user's module; connections are the caller's. */
  close(): Promise<void>;
}

/**
 * A protocol of ours is spoken here; a user's module speaks to its endpoint from a process of its own, with the rights that it has where
 * load is sent.
 *
 * @throws {UserError} if there is no such predictor, or it can't be made
 */
export async function openLine(
  { endpoint }: { readonly endpoint: Endpoint },
  { transports, env = {}, credentials, timeout_ms = 120_000, signal }: EndpointAccess,
): Promise<Line> {
  const module = ownModuleOf(endpoint);
  if (module !== null) {
    const hosted = await hostModule({
      ...{ endpoint, module, env, timeout_ms },
      ...(signal === undefined ? {} : { signal }),
    });
    return { ...hosted, call: async (...asked) => replyOf(await hosted.call(...asked)) };
  }
  const predictor = await predictorFor({
    ...{ endpoint, stream: false, transports, env },
    ...(credentials === undefined ? {} : { credentials }),
  });
  const transport = transports.for(endpoint.url);
  const limits = { total_ms: timeout_ms };
  const { embedsAtOnce } = predictor;
  return {
    maxTokens: (parameters) => predictor.maxTokens(parameters),
    ...(embedsAtOnce === undefined ? {} : { embedsAtOnce }),
    async call(prompt, parameters, signal) {
      let made: Awaited<ReturnType<Predictor["begin"]>>;
      try {
        made = await predictor.begin(prompt, parameters);
      } catch (error) {
        return replyOf(unsent(error, transport));
      }
      return replyOf(await carried(made, transport, { limits, signal }));
    },
    close: () => Promise.resolve(),
  };
}

/** Opens several at once; where one can't be opened, none stays open. */
export async function openLines(
  asked: readonly { readonly endpoint: Endpoint }[],
  access: EndpointAccess,
): Promise<Line[]> {
  const opened = await Promise.allSettled(asked.map((one) => openLine(one, access)));
  const lines = opened.flatMap((one) => one.status === "fulfilled" ? [one.value] : []);
  const failure = opened.find(({ status }) => status === "rejected") as PromiseRejectedResult | undefined;
  if (failure === undefined) return lines;
  await Promise.all(lines.map((line) => line.close()));
  throw failure.reason;
}

function replyOf({ result, answer, retry_after_ms }: Carried): EndpointReply {
  return {
    answer,
    http_status: result.status,
    retry_after_ms,
    latency_ms: result.sent_ms === null ? null : result.ended_ms - result.sent_ms,
    cancelled: result.failure?.kind === "cancelled",
  };
}
