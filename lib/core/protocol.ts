/** The wire protocols there are, and what the rest of the program has to know of one without speaking it. */

/** What is known of a protocol beside its bodies. */
export interface ProtocolFacts {
  /** Whether an answer can come piece by piece. */
  readonly streams: boolean;
  /** What an endpoint goes by: a URL, the model's own id or ARN, or a name in the account. */
  readonly address: "url" | "model" | "name";
  /** The service that signs its requests; null: nobody does. */
  readonly service: "bedrock" | "sagemaker" | null;
}

const byUrl = { streams: true, address: "url", service: null } as const;

/** By the name that `inference_script` gives. */
export const protocols = {
  openai_chat: byUrl,
  openai_completions: byUrl,
  openai_embeddings: { ...byUrl, streams: false },
  bedrock: { streams: true, address: "model", service: "bedrock" },
  bedrock_invoke: { streams: true, address: "model", service: "bedrock" },
  sagemaker: { streams: true, address: "name", service: "sagemaker" },
  djl: byUrl,
  tgi: byUrl,
  triton: byUrl,
  ollama: byUrl,
  llama_cpp: byUrl,
  ray_serve: { ...byUrl, streams: false },
  rest: byUrl,
} as const satisfies Readonly<Record<string, ProtocolFacts>>;

export type ProtocolName = keyof typeof protocols;

/** The facts of a protocol; null for a name that is none, such as the path of a user's own module. */
export function protocolFacts(name: string): ProtocolFacts | null {
  return Object.hasOwn(protocols, name) ? protocols[name as ProtocolName] : null;
}

/** Protocols whose servers take the prompt as it is, whatever the model was trained to read. */
const rawText: readonly ProtocolName[] = ["openai_completions", "tgi", "triton", "llama_cpp", "ray_serve"];
/** Protocols of which it depends on the kind of body. */
const rawByBody: readonly ProtocolName[] = ["djl", "sagemaker"];

/**
 * Whether an endpoint takes raw text, so that whoever asks has to write the model's chat template himself. Ollama's server
 * writes it; what Bedrock's models read is the prompt template's to say.
 */
export function takesRawText(predictor: string, { body }: Pick<ProtocolOptions, "body">): boolean {
  const among = (names: readonly string[]) => names.includes(predictor);
  return among(rawText) || among(rawByBody) && body !== "messages" && body !== "embeddings";
}

/** Whether the requests of a protocol are signed with keys to AWS. */
export function isSigned(name: string): boolean {
  return (protocolFacts(name)?.service ?? null) !== null;
}

/** What a protocol has to be told of one endpoint beside its address, model and parameters. Everything is optional. */
export interface ProtocolOptions {
  /** Sent with every request. `${NAME}` in a value stands for a variable of the environment, and is written nowhere. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Said before every prompt, where the protocol has a place for it. */
  readonly system_prompt?: string;
  /** Which kind of body the container behind a SageMaker or DJL endpoint takes. */
  readonly body?: "generate" | "messages" | "completions" | "embeddings";
  /** Whether a generate body carries its parameters under `parameters`. @default true */
  readonly split_input_and_parameters?: boolean;
  /** Triton: whether parameters go as one JSON text, `sampling_parameters`, as its backends on Neuron take them. @default false */
  readonly parameters_as_text?: boolean;
  /** SageMaker: the inference component, the production variant or the model of a multi-model endpoint that is meant. */
  readonly inference_component?: string;
  readonly target_variant?: string;
  readonly target_model?: string;
  /** Bedrock: `performanceConfig.latency`. */
  readonly latency_mode?: "standard" | "optimized";
  /** Bedrock: `serviceTier.type`. */
  readonly service_tier?: string;
  /** Bedrock: whether what requests share (system prompt, shared prefix) is marked as a cache point. */
  readonly prompt_caching?: boolean;
  /** Bedrock: `additionalModelRequestFields`, as it is. */
  readonly additional_model_request_fields?: Readonly<Record<string, unknown>>;
  /** How to speak to an endpoint that no protocol of ours fits. */
  readonly rest?: RestDescription;
  /** Absolute path of the user's own module. */
  readonly module?: string;
}

/**
 * A protocol in words: the predictor `rest`. In texts of path, headers and body, `{prompt}`, `{model}` and `{max_tokens}` stand
 * for values of the request, `{parameters.NAME}` for a parameter, `{parameters}` for all of them; a body's value that is nothing
 * but such a slot takes over the type of what it stands for. An entry of an object or of a query, or a header, whose parameter is
 * absent is left out. Places in answers are JSON Pointers (RFC 6901), `/choices/0/text`.
 */
export interface RestDescription {
  /** @default "POST" */
  readonly method?: "GET" | "POST";
  /**
   * A path, a query or both, resolved against the endpoint's URL as a link is: `/generate` takes the place of its path, `?q={prompt}`
   * of its query. What slots stand for is percent-encoded. @default the endpoint's URL as it is
   */
  readonly path?: string;
  /** The JSON body; a text is sent as it is. @default none for GET; FMBench's `{model_id, prompt, ...parameters}` for POST */
  readonly body?: unknown;
  /** Merged into the body where the answer is to be streamed. */
  readonly stream_body?: Readonly<Record<string, unknown>>;
  readonly response: RestPlaces & {
    /** `json` (default), or `text`: the whole body is the answer. */
    readonly format?: "json" | "text";
  };
  /** How a stream is framed and where its events have what; absent: it can't stream. */
  readonly events?: RestPlaces & {
    readonly format: "sse" | "json_lines";
    /** The data of the event that ends the stream, `[DONE]`. */
    readonly end?: string;
  };
}

/** Where an answer, or one event of it, has what. */
export interface RestPlaces {
  /** Absent only where the whole body is the answer. */
  readonly text?: string;
  readonly reasoning?: string;
  readonly prompt_tokens?: string;
  readonly completion_tokens?: string;
  readonly stop_reason?: string;
  readonly error?: string;
}

/** Keys to AWS, as they are passed between processes of this program; they are written nowhere. */
export interface AwsCredentials {
  readonly access_key_id: string;
  readonly secret_access_key: string;
  readonly session_token: string | null;
  /** Milliseconds since 1970; null = they do not end. */
  readonly expires_at_ms: number | null;
}

/** What an embedded endpoint takes as keys: it checks signatures, but guards nothing. */
export const simulatedCredentials: AwsCredentials = {
  access_key_id: "AKIASIMULATEDFMBENCH",
  secret_access_key: "simulated/fmbench/secret/of/no/account/at/all",
  session_token: null,
  expires_at_ms: null,
};
