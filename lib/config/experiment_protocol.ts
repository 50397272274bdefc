/** How an experiment's endpoint is spoken to, worked out from what its entry says. */

import { protocolFacts, type ProtocolOptions, type RestDescription } from "../core/mod.ts";
import { asksForContainer, predictorOf } from "./inference_script.ts";
import { sentParameters } from "./request_parameters.ts";
import { restScript } from "./rest_script.ts";
import type { WrittenConfig } from "./schema.ts";
import type { Script } from "./script.ts";

type Written = WrittenConfig["experiments"][number];

export interface ExperimentProtocol {
  /** The name of a protocol, or the absolute path of the user's own module. */
  readonly predictor: string;
  /** What the protocol is told. FMBench's fixed system prompts (SGLang, Bedrock by boto3) are not: none is sent but the config's. */
  readonly protocol_options: ProtocolOptions;
  /** Whether the answers come piece by piece: where the protocol can, unless the config says no. */
  readonly stream: boolean;
  /** What is sent with each request. */
  readonly parameters: Record<string, unknown>;
}

/**
 * Works it out.
 *
 * @param written with the absolute path where its script is the user's own
 * @param parameters the experiment's parameter set with its own parameters laid over it
 */
export function settleProtocol(
  written: Written,
  parameters: Readonly<Record<string, unknown>>,
): ExperimentProtocol {
  const { inference_script, inference_spec } = written;
  const script = scriptOf(written);
  const sent = sentParameters(parameters, script.module);
  const rest = inference_spec.rest === undefined
    ? restScript(inference_script, inference_spec.model_id, sent)
    : described(inference_spec.rest);
  const protocol_options = present<ProtocolOptions>({
    headers: headersOf(inference_spec.headers),
    system_prompt: inference_spec.system_prompt,
    body: bodyOf(written, script.module),
    split_input_and_parameters: inference_spec.flat_parameters === undefined
      ? undefined
      : !inference_spec.flat_parameters,
    parameters_as_text: inference_spec.parameters_as_text ??
      (onNeuron(written, script.module) ? true : undefined),
    inference_component: inference_spec.inference_component,
    target_variant: inference_spec.target_variant,
    target_model: inference_spec.target_model,
    latency_mode: inference_spec.latency_mode,
    service_tier: inference_spec.service_tier,
    prompt_caching: inference_spec.prompt_caching,
    additional_model_request_fields: inference_spec.additional_model_request_fields,
    rest: script.module === "rest" && rest !== null ? rest : undefined,
    module: script.own ? script.module : undefined,
  });
  const asked = streamAsked(written, parameters);
  return {
    predictor: script.module,
    protocol_options,
    stream: (asked ?? true) && canStream(script.module, protocol_options),
    parameters: sent,
  };
}

/** What is behind the experiment's script; of one that nobody knows, what is written. */
function scriptOf({ inference_script, inference_spec }: Written): Script {
  return predictorOf(inference_script, inference_spec.container_type) ??
    { module: inference_script, own: false };
}

/**
 * What the config says about streaming: `stream`, else an entry of that name among the parameters, where FMBench's users
 * have it; null: nothing.
 */
export function streamAsked(
  { inference_spec }: Written,
  parameters: Readonly<Record<string, unknown>>,
): boolean | null {
  if (inference_spec.stream !== undefined) return inference_spec.stream;
  return typeof parameters["stream"] === "boolean" ? parameters["stream"] : null;
}

/** Whether answers can come piece by piece. Of a user's own module it is taken for granted. */
export function canStream(
  predictor: string,
  { body, rest, target_model }: Pick<ProtocolOptions, "body" | "rest" | "target_model">,
): boolean {
  if (body === "embeddings") return false;
  if (predictor === "sagemaker" && target_model !== undefined) return false;
  if (predictor === "rest") return rest?.events !== undefined;
  return protocolFacts(predictor)?.streams ?? true;
}

/** The kind of body: as it is said, else as FMBench's two ways of saying it mean it. */
function bodyOf(
  { inference_spec: { body, container_type }, use_messages_api_format }: Written,
  predictor: string,
): ProtocolOptions["body"] {
  if (body !== undefined) return body;
  if (use_messages_api_format === true) return "messages";
  return predictor === "sagemaker" && container_type === "huggingface" ? "embeddings" : undefined;
}

/** FMBench's containers with Triton take parameters as a text on Inferentia and Trainium. */
function onNeuron({ inference_script, instance_type }: Written, predictor: string): boolean {
  return predictor === "triton" && asksForContainer(inference_script) &&
    /^(ml\.)?(inf|trn)\d/.test(instance_type ?? "");
}

/** Where the whole body is the answer, its place need not be said. */
function described(rest: NonNullable<Written["inference_spec"]["rest"]>): RestDescription {
  return { ...rest, response: { text: "", ...rest.response } } as RestDescription;
}

function headersOf(headers: Written["inference_spec"]["headers"]): ProtocolOptions["headers"] {
  if (headers === undefined) return undefined;
  const given = Object.entries(headers).filter(([, value]) => value !== null);
  return given.length === 0
    ? undefined
    : Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
}

/** The entries that have a value. */
function present<T extends object>(value: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as T;
}
