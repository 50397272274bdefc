/** What a protocol has to know. */

import type { Endpoint } from "../core/mod.ts";
import type { ResponseSink, TransportFailure, WireRequest } from "../transport/mod.ts";
import type { Answer } from "./answer.ts";

/** What a predictor is made from. */
export interface PredictorOptions {
  readonly endpoint: Pick<Endpoint, "predictor" | "url" | "model_id" | "api_key_env">;
  /** Whether answers are asked for piece by piece. */
  readonly stream: boolean;
  /** Where the API key is looked up, by the endpoint's `api_key_env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

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

/** One wire protocol towards one endpoint. */
export interface Predictor {
  readonly name: string;
  /**
   * The request for a prompt. Parameters are sent as configured, but for names that the protocol spells in another way.
   */
  request(
    payload: { readonly prompt: string },
    parameters: Readonly<Record<string, unknown>>,
  ): WireRequest;
  /** The cap on the length of the answer among the parameters; null when there is none. */
  maxTokens(parameters: Readonly<Record<string, unknown>>): number | null;
  /** Opens the reading of one response. */
  read(): AnswerReader;
}

/** Makes a predictor; what a module of a protocol exports and the registry holds. */
export type PredictorFactory = (options: PredictorOptions) => Predictor;
