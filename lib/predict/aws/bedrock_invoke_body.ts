/** The bodies of Bedrock's InvokeModel: every vendor has one of its own. */

import { type ProtocolOptions, UserError } from "../../core/mod.ts";
import { imageFormat, type InferenceConfig, inferenceConfig, type Turn, turnsOf } from "./bedrock_input.ts";
import { isImported, vendorOf } from "./bedrock_model.ts";
import { chatMessages } from "../chat_messages.ts";
import { withoutImages } from "../openai/openai_request.ts";
import type { Parameters, Prompt } from "../predictor.ts";

/** What a body is made of. */
interface Request {
  readonly prompt: Prompt;
  readonly options: ProtocolOptions;
  readonly config: InferenceConfig;
  /** Parameters that are not the same thing at all vendors. */
  readonly others: Readonly<Record<string, unknown>>;
  readonly stream: boolean;
}

type Body = Record<string, unknown>;
type BodyOf = (request: Request) => Body;

/** The entries of `named` that have a value: `{max_gen_len: 5, temperature: undefined}` is `{max_gen_len: 5}`. */
function given(named: Readonly<Record<string, unknown>>): Body {
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
}

/** The prompt of a model that takes nothing but text. */
function textOf(prompt: Prompt): string {
  withoutImages(prompt, "bedrock_invoke");
  return prompt.prompt;
}

const cacheControl = { cache_control: { type: "ephemeral" } };

/** The cache mark stands where Converse's would: behind the system prompt, or else behind the last user message. */
const anthropic: BodyOf = ({ prompt, options, config, others }) => {
  const { system, turns } = turnsOf(prompt, options.system_prompt);
  const caching = options.prompt_caching === true;
  const marked = caching && system.length === 0 ? turns.findLastIndex(({ role }) => role === "user") : -1;
  const content = ({ text, images }: Turn) => [
    { type: "text", text },
    ...images.map(({ media_type, base64 }) => ({
      type: "image",
      source: { type: "base64", media_type, data: base64 },
    })),
  ];
  return {
    anthropic_version: "bedrock-2023-05-31",
    ...given({
      max_tokens: config.maxTokens,
      temperature: config.temperature,
      top_p: config.topP,
      stop_sequences: config.stopSequences,
    }),
    ...others,
    ...(system.length === 0
      ? {}
      : { system: lastMarked(system.map((text) => ({ type: "text", text })), caching) }),
    messages: turns.map((turn, index) => ({
      role: turn.role,
      content: lastMarked(content(turn), index === marked),
    })),
  };
};

function lastMarked<Part extends object>(parts: readonly Part[], marked: boolean): object[] {
  return parts.map((part, index) =>
    marked && index === parts.length - 1 ? { ...part, ...cacheControl } : part
  );
}

const nova: BodyOf = ({ prompt, options, config, others: { top_k, topK = top_k, ...others } }) => {
  const { system, turns } = turnsOf(prompt, options.system_prompt);
  const settings = given({ ...config, topK });
  const cachePoint = { cachePoint: { type: "default" } };
  const caching = options.prompt_caching === true;
  const marked = caching && system.length === 0 ? turns.findLastIndex(({ role }) => role === "user") : -1;
  return {
    schemaVersion: "messages-v1",
    ...(system.length === 0
      ? {}
      : { system: [...system.map((text) => ({ text })), ...(caching ? [cachePoint] : [])] }),
    messages: turns.map(({ role, text, images }, index) => ({
      role,
      content: [
        { text },
        ...images.map((image) => ({
          image: { format: imageFormat(image), source: { bytes: image.base64 } },
        })),
        ...(index === marked ? [cachePoint] : []),
      ],
    })),
    ...(Object.keys(settings).length === 0 ? {} : { inferenceConfig: settings }),
    ...others,
  };
};

const titanText: BodyOf = ({ prompt, config: { maxTokens, ...config }, others }) => ({
  inputText: textOf(prompt),
  textGenerationConfig: { ...given({ maxTokenCount: maxTokens }), ...config, ...others },
});

/** A cap and a temperature mean nothing to a vector. */
const titanEmbedding: BodyOf = ({ prompt: { prompt, images = [], texts = [prompt] }, others }) => ({
  inputText: texts[0],
  ...(images.length === 0 ? {} : { inputImage: images[0]!.base64 }),
  ...others,
});

const cohereEmbedding: BodyOf = ({ prompt, others }) => ({
  texts: prompt.texts ?? [textOf(prompt)],
  input_type: "search_document",
  ...others,
});

const cohereParameters = ({ config, others: { top_k, k = top_k, ...others } }: Request): Body => ({
  ...given({
    max_tokens: config.maxTokens,
    temperature: config.temperature,
    p: config.topP,
    k,
    stop_sequences: config.stopSequences,
  }),
  ...others,
});

/** Command R and later: the last turn is the message, those before are the history. */
const cohereChat: BodyOf = (request) => {
  const { system, turns } = turnsOf(request.prompt, request.options.system_prompt);
  withoutImages(request.prompt, "bedrock_invoke");
  const history = turns.slice(0, -1).map(({ role, text }) => ({
    role: role === "user" ? "USER" : "CHATBOT",
    message: text,
  }));
  return {
    message: turns.at(-1)?.text ?? "",
    ...(history.length === 0 ? {} : { chat_history: history }),
    ...(system.length === 0 ? {} : { preamble: system.join("\n\n") }),
    ...cohereParameters(request),
  };
};

const cohereText: BodyOf = (request) => ({
  prompt: textOf(request.prompt),
  ...cohereParameters(request),
  ...(request.stream ? { stream: true } : {}),
});

/** Also the form of imported models that Bedrock calls `BedrockCompletion`. */
const llama: BodyOf = ({ prompt: { prompt, images = [] }, config, others }) => ({
  prompt,
  ...(images.length === 0 ? {} : { images: images.map(({ base64 }) => base64) }),
  ...given({
    max_gen_len: config.maxTokens,
    temperature: config.temperature,
    top_p: config.topP,
    stop: config.stopSequences,
  }),
  ...others,
});

const openaiParameters = ({ config, others }: Request): Body => ({
  ...given({
    max_tokens: config.maxTokens,
    temperature: config.temperature,
    top_p: config.topP,
    stop: config.stopSequences,
  }),
  ...others,
});

/** Mistral's first models, DeepSeek-R1, and imported models behind OpenAI's completions. */
const completions: BodyOf = (request) => ({ prompt: textOf(request.prompt), ...openaiParameters(request) });

const chat: BodyOf = (request) => ({
  messages: chatMessages(request.prompt, request.options.system_prompt),
  ...openaiParameters(request),
});

/** The first whose pattern fits `vendor.model`; everyone else speaks OpenAI's chat. */
const byModel: readonly (readonly [RegExp, BodyOf])[] = [
  [/^anthropic\./, anthropic],
  [/^amazon\.nova-/, nova],
  [/^amazon\.titan-embed/, titanEmbedding],
  [/^amazon\.titan-/, titanText],
  [/^cohere\.embed/, cohereEmbedding],
  [/^cohere\.command-(text|light)/, cohereText],
  [/^cohere\./, cohereChat],
  [/^meta\./, llama],
  [/^mistral\.(mistral-7b|mixtral|mistral-large-2402|mistral-small-2402)/, completions],
  [/^deepseek\.r1/, completions],
  [/./, chat],
];

/** How many texts a body of that form has embedded, by its vendor's limits. */
const embedded: ReadonlyMap<BodyOf, number> = new Map([[titanEmbedding, 1], [cohereEmbedding, 96]]);

/** How many texts one request to the model may have embedded; null: its answers are no vectors. Parameters as in `invokeBody`. */
export function embedsAtOnce(model: string, model_id: string, options: ProtocolOptions): number | null {
  return embedded.get(bodyFor(model, model_id, options)) ?? null;
}

/** What an imported model takes, by `options.body`. */
const imported = { generate: llama, completions, messages: chat, embeddings: null } as const;

/**
 * How bodies for a model are made. Its vendor shows in the model's id, behind the prefix of an inference profile or in an
 * ARN. A model that was imported or is called by an opaque ARN takes what `options.body` says: `generate` (a prompt and
 * `max_gen_len`, the default of imported models), `completions` or `messages`.
 *
 * @param model what is called
 * @param model_id the model's own id, which tells the vendor when what is called doesn't
 * @throws {UserError} if neither says it
 */
export function invokeBody(
  model: string,
  model_id: string,
  options: ProtocolOptions,
): (prompt: Prompt, parameters: Parameters, stream: boolean) => Body {
  const bodyOf = bodyFor(model, model_id, options);
  return (prompt, parameters, stream) => {
    const { config, others } = inferenceConfig(parameters);
    const body = bodyOf({ prompt, options, config, others, stream });
    return { ...body, ...options.additional_model_request_fields };
  };
}

function bodyFor(model: string, model_id: string, { body }: ProtocolOptions): BodyOf {
  const said = vendorOf(model) ?? vendorOf(model_id);
  const wanted = imported[body ?? "generate"];
  if ((isImported(model) || (said === null && body !== undefined)) && wanted !== null) return wanted;
  if (said !== null) {
    const name = `${said.vendor}.${said.model}`;
    return byModel.find(([pattern]) => pattern.test(name))![1];
  }
  throw new UserError({
    action: "make requests for the model",
    thing: model,
    found: "it does not say whose model it is, so that the form of the request is not known",
    remedy:
      "Give the model's own id as model_id and the ARN as ep_name, or use the protocol bedrock (Converse).",
  });
}
