/** What an experiment tells its protocol: whether it is understood, and whether it makes a difference. */

import {
  isSecretName,
  isSecretReference,
  type ProtocolName,
  type ProtocolOptions,
  redact,
  type RestDescription,
  restFaults,
} from "../core/mod.ts";
import type { Config } from "./config.ts";
import { canStream, streamAsked } from "./experiment_protocol.ts";
import type { Path } from "./fault.ts";
import type { Findings } from "./finding.ts";
import { asksForContainer, knownContainers, predictorOf } from "./inference_script.ts";
import { heldBack } from "./request_parameters.ts";
import { customRest } from "./rest_script.ts";
import type { WrittenConfig } from "./schema.ts";
import type { Script } from "./script.ts";
import { didYouMean } from "./suggestion.ts";

type Written = WrittenConfig["experiments"][number];
type Spec = Written["inference_spec"];

/** The protocols that take a key of `inference_spec`; keys that are not here are taken by all of them. */
const takers: Partial<Record<keyof Spec, readonly ProtocolName[]>> = {
  system_prompt: ["openai_chat", "bedrock", "bedrock_invoke", "sagemaker", "djl", "ollama"],
  chat_template: [
    "openai_completions",
    "tgi",
    "triton",
    "llama_cpp",
    "ray_serve",
    "djl",
    "sagemaker",
  ],
  body: ["sagemaker", "djl", "bedrock_invoke"],
  flat_parameters: ["sagemaker", "djl"],
  parameters_as_text: ["triton"],
  inference_component: ["sagemaker"],
  target_variant: ["sagemaker"],
  target_model: ["sagemaker"],
  latency_mode: ["bedrock", "bedrock_invoke"],
  service_tier: ["bedrock", "bedrock_invoke"],
  prompt_caching: ["bedrock", "bedrock_invoke"],
  additional_model_request_fields: ["bedrock", "bedrock_invoke"],
  inference_url_format: ["ray_serve"],
  rest: ["rest"],
};

/** All that experiments tell their protocols. */
export function checkProtocols(written: WrittenConfig, config: Config, findings: Findings): void {
  for (const [index, experiment] of written.experiments.entries()) {
    const path = ["experiments", index];
    const { inference_script, inference_spec } = experiment;
    const script = predictorOf(inference_script, inference_spec.container_type);
    checkContainer(experiment, path, findings);
    checkHeaders(inference_spec, path, findings);
    checkRest(experiment, path, findings);
    if (script !== null && !script.own) checkTaken(experiment, script, path, findings);
  }
  checkParameters(written, config, findings);
  checkStreaming(written, config, findings);
}

/** Entries of parameter sets that are not sent, each said once. */
function checkParameters(written: WrittenConfig, config: Config, { notice }: Findings): void {
  const said = new Set<string>();
  for (const [index, { predictor, inference_spec: { parameter_set: set } }] of config.experiments.entries()) {
    const own = ["experiments", index, "inference_spec", "parameters"];
    const places: [Path, Readonly<Record<string, unknown>> | undefined][] = [
      [["inference_parameters", set ?? ""], set === null ? undefined : written.inference_parameters[set]],
      [own, written.experiments[index]!.inference_spec.parameters],
    ];
    for (const [path, parameters] of places) {
      for (const { name, reason } of heldBack(parameters ?? {}, predictor)) {
        const key = JSON.stringify([...path, name]);
        if (!said.has(key)) notice([...path, name], reason);
        said.add(key);
      }
    }
  }
}

/**
 * What is streamed although nobody asked for it, said once, and what is asked for and can't be. Whoever writes FMBench's names
 * of scripts expects what they mean there, where nothing is streamed unless it is asked for.
 */
function checkStreaming(written: WrittenConfig, config: Config, { notice }: Findings): void {
  let said = false;
  for (const [index, { predictor, protocol_options, inference_spec }] of config.experiments.entries()) {
    const experiment = written.experiments[index]!;
    const { inference_script, inference_spec: { stream, parameters } } = experiment;
    const path = ["experiments", index, "inference_spec", "stream"];
    if (stream === true && !canStream(predictor, protocol_options)) {
      notice(path, `has no effect: ${unstreamed(protocol_options, predictor)} can't be streamed`);
    }
    const set = written.inference_parameters[inference_spec.parameter_set ?? ""];
    if (streamAsked(experiment, { ...set, ...parameters }) !== null) continue;
    if (said || !inference_spec.stream || !inference_script.endsWith(".py")) continue;
    said = true;
    notice(path, "is not set: answers are streamed, so that TTFT is measured; `stream: no` turns it off");
  }
}

function unstreamed({ body, target_model }: ProtocolOptions, predictor: string): string {
  if (predictor === "rest") return "an answer of which `rest` describes no events";
  if (body === "embeddings" || predictor === "openai_embeddings") return "an embedding";
  return target_model === undefined ? `an answer of ${predictor}` : "a multi-model endpoint (`target_model`)";
}

/** A container that FMBench has not. */
function checkContainer(
  { inference_script, inference_spec: { container_type } }: Written,
  path: Path,
  { fault }: Findings,
): void {
  if (container_type === undefined || !asksForContainer(inference_script)) return;
  if (knownContainers.includes(container_type)) return;
  fault(
    [...path, "inference_spec", "container_type"],
    `"${container_type}" is no container; ${didYouMean(container_type, knownContainers)}`,
  );
}

/** What is secret belongs into the environment: a config is copied into the run directory. */
function checkHeaders({ headers }: Spec, path: Path, { fault }: Findings): void {
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (typeof value !== "string" || value === "" || isSecretReference(value)) continue;
    if (!isSecretName(name) && redact(value) === value) continue;
    fault(
      [...path, "inference_spec", "headers", name],
      `"${name}" holds a secret; expected \${NAME} in its place, which stands for a variable of the environment`,
    );
  }
}

/** Keys that the protocol has no place for. */
function checkTaken(
  { inference_script, inference_spec, use_messages_api_format, deployment_script }: Written,
  { module }: Script,
  path: Path,
  { notice }: Findings,
): void {
  const useless = `has no effect: ${module} has no place for it`;
  for (const [key, protocols] of Object.entries(takers)) {
    if (inference_spec[key as keyof Spec] === undefined || protocols.some((name) => name === module)) {
      continue;
    }
    // A cluster's service has its address from the cluster; what follows it stands in the config.
    if (key === "inference_url_format" && deployment_script !== undefined) continue;
    notice([...path, "inference_spec", key], useless);
  }
  const { container_type, model_id, system_prompt, body } = inference_spec;
  const chats = body === "messages" || use_messages_api_format === true;
  if (system_prompt !== undefined && takers.flat_parameters!.some((name) => name === module) && !chats) {
    notice(
      [...path, "inference_spec", "system_prompt"],
      "has no effect: only `body: messages` has a place for it",
    );
  }
  const counts = asksForContainer(inference_script) || deployment_script !== undefined ||
    (module === "sagemaker" && container_type === "huggingface");
  if (container_type !== undefined && !counts) {
    const text = "has no effect: the endpoint is spoken to as inference_script says";
    notice([...path, "inference_spec", "container_type"], text);
  }
  if (model_id !== undefined && inference_script !== customRest) {
    const text = "has no effect: the experiment's own model_id is the name that is sent";
    notice([...path, "inference_spec", "model_id"], text);
  }
  if (use_messages_api_format === true && !takers.body!.some((name) => name === module)) {
    notice([...path, "use_messages_api_format"], useless);
  }
}

/** A protocol in words that can't be followed, or is not given. */
function checkRest(
  { inference_script, inference_spec: { rest } }: Written,
  path: Path,
  { fault, notice }: Findings,
): void {
  const at = [...path, "inference_spec", "rest"];
  if (rest === undefined && inference_script === "rest") {
    notice(at, `is not set: requests and answers are taken for those of FMBench's ${customRest}`);
  }
  for (const text of rest === undefined ? [] : restFaults(rest as RestDescription)) {
    const [, key] = /^([a-z_]+)/.exec(text) ?? [];
    fault(key === undefined ? at : [...at, key], `rest: ${text}`);
  }
}
