/**
 * What a predictor of your own looks like: the types for a TypeScript module that `inference_script` names. It exports a class, as
 * default or under the name `Predictor`, that is one of two things:
 *
 * - an `OwnProtocol`: says what a request is and what an answer says; the request itself is sent and timed here, like any other
 * - an `OwnClient`: makes the call itself, by whatever client or protocol; the time is taken around it
 *
 * `docs/predictors.md` has an example of each. Import these types with `import type`.
 */

import type { ErrorKind, PayloadImage, PayloadMessage } from "../../core/mod.ts";

/** What the class is made from, once for each experiment in each load process. */
export interface OwnPredictorOptions {
  readonly endpoint: {
    /** `ep_name` of the config. */
    readonly name: string;
    readonly url: string;
    readonly model_id: string;
    readonly region: string | null;
  };
  /** Whether answers are wanted piece by piece: `inference_spec.stream`. */
  readonly stream: boolean;
  /** `inference_spec.headers` with their variables filled in, JSON's content type, and the API key as bearer token if there is one. */
  readonly headers: Readonly<Record<string, string>>;
  /** The variables that `inference_spec.api_key_env` and `inference_spec.headers` name, as far as they are set. */
  readonly env: Readonly<Record<string, string>>;
}

/** What is asked. */
export interface OwnPrompt {
  readonly prompt: string;
  readonly images?: readonly PayloadImage[];
  /** The conversation that `prompt` is a transcript of. */
  readonly messages?: readonly PayloadMessage[];
}

/** The parameters of the experiment, as configured. */
export type OwnParameters = Readonly<Record<string, unknown>>;

/** What is sent. `host`, `content-length` and `connection` are added. */
export interface OwnRequest {
  readonly method: "GET" | "POST";
  /** Absolute; the endpoint's host is the only one that can be reached. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | null;
}

/** What went wrong; thrown, or given as `error`. `kind` comes before `status`, 429 is `throttled`. */
export interface OwnError {
  readonly message: string;
  readonly kind?: ErrorKind;
  /** Of HTTP. */
  readonly status?: number;
}

/** What an answer says. Counts are whole numbers, as the server gives them: leave out what it does not say. */
export interface OwnAnswer {
  readonly text?: string;
  readonly prompt_tokens?: number | null;
  /** Reasoning included. */
  readonly completion_tokens?: number | null;
  readonly stop_reason?: string | null;
  readonly error?: string | OwnError | null;
}

/** What one event of a stream says: `text` is the piece that it brings. */
export interface OwnEvent extends OwnAnswer {
  readonly reasoning?: string;
  /** The stream is over; what follows is not looked at. */
  readonly done?: boolean;
}

/** How an answer came. */
export interface OwnResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The first form: requests and answers in your words, sending and timing here. */
export interface OwnProtocol {
  /** How messages call the endpoint. */
  readonly endpointName: string;
  /** How the events of a stream are told from each other. @default "sse" */
  readonly framing?: "sse" | "json_lines";
  /**
   * What tells the end of a stream from a cut one: an event with `done` or `stop_reason`, or, where the protocol has no such thing,
   * the end of the response. @default "event"
   */
  readonly endsBy?: "event" | "response";
  request(asked: OwnPrompt, parameters: OwnParameters): OwnRequest | Promise<OwnRequest>;
  /** Reads a whole answer with a status from 200 to 299. */
  answer(body: string, response: OwnResponse): OwnAnswer;
  /** Reads the data of one event of a stream; needed where `stream` is set. `name`: its `event` field, empty for JSON lines. */
  event?(data: string, name: string): OwnEvent | null | undefined;
}

/** What a call is given to work with. */
export interface OwnContext {
  /** Aborted when the request's time is up, or the load is stopped. The call ends there and then, whatever it goes on doing. */
  readonly signal: AbortSignal;
  /** Say it as soon as a piece of the answer has come: that is when it is stamped. Empty pieces count for nothing. */
  token(text: string, kind?: "text" | "reasoning"): void;
}

/** The second form: the whole call in your hands. */
export interface OwnClient {
  /** How messages call the endpoint. */
  readonly endpointName: string;
  /** Without `text` in the answer, the pieces that were told are the text. */
  predict(asked: OwnPrompt, parameters: OwnParameters, context: OwnContext): Promise<OwnAnswer>;
}
