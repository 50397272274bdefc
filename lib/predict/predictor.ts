/** What a protocol has to know. */

import type { AwsCredentials, Endpoint, Payload } from "../core/mod.ts";
import type {
  ResponseSink,
  SendOptions,
  SendResult,
  Transport,
  TransportFailure,
  Transports,
  WireRequest,
} from "../transport/mod.ts";
import type { Answer } from "./answer.ts";

/** What a predictor is made from. */
export interface PredictorOptions {
  readonly endpoint: Pick<
    Endpoint,
    "predictor" | "url" | "model_id" | "endpoint_name" | "region" | "api_key_env" | "options"
  >;
  /** Whether answers are asked for piece by piece. */
  readonly stream: boolean;
  /** Where the API key is looked up, by the endpoint's `api_key_env`, and what headers name. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Keys for an endpoint whose requests are signed; asked for at every signature. */
  readonly credentials?: () => Promise<AwsCredentials>;
  /** What ordinary calls beside the measured ones go over. */
  readonly transports?: Pick<Transports, "for">;
}

/** What is asked. */
export type Prompt = Pick<Payload, "prompt" | "images" | "messages"> & {
  /** Texts to be embedded by one request, at most `embedsAtOnce`, in place of `prompt`. @default the prompt alone */
  readonly texts?: readonly string[];
};

export type Parameters = Readonly<Record<string, unknown>>;

/** Takes one response as it arrives; `finish` says what it was. Calls after the end of the response are not made. */
export interface AnswerReader extends ResponseSink {
  /**
   * The answer; called once, when the exchange is over, however it ended.
   *
   * @param failure why the exchange did not end by itself; it counts unless the answer was whole by then, or the server
   * had said itself what was wrong
   */
  finish(failure: TransportFailure | null): Answer;
}

/** One request, ready to be sent once over the transport. */
export interface Exchange {
  readonly request: WireRequest;
  readonly reader: AnswerReader;
  /** A signature's end on the wall clock, in milliseconds since 1970: from then on it is begun anew. @default never */
  readonly expires_at_ms?: number;
}

/** One request that a user's own code makes by itself. */
export interface OwnCall {
  /** Makes it and times it on this transport's clock. Never rejects for what happens to it. */
  call(
    transport: Pick<Transport, "now">,
    options: SendOptions,
  ): Promise<{ readonly result: SendResult; readonly answer: Answer }>;
}

/** One wire protocol towards one endpoint. */
export interface Predictor {
  readonly name: string;
  /**
   * Whether beginning takes work that is worth doing ahead: `begin` then gives a promise. @default false
   */
  readonly signs?: boolean;
  /**
   * Makes what is sent for a prompt. Parameters are sent as configured, but for names that the protocol spells in another
   * way. What it throws, or rejects with, becomes a record of kind `validation`, and nothing is sent.
   */
  begin(
    prompt: Prompt,
    parameters: Parameters,
  ): Exchange | OwnCall | Promise<Exchange | OwnCall>;
  /** How many texts one request may have embedded, as its API limits it. @default what answers has no vectors */
  readonly embedsAtOnce?: number;
  /** The cap on the length of the answer among the parameters; null when there is none. */
  maxTokens(parameters: Parameters): number | null;
}

/** Makes a predictor; what a module of a protocol exports and the registry holds. */
export type PredictorFactory = (options: PredictorOptions) => Predictor | Promise<Predictor>;
