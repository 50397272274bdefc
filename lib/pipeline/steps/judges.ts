/** The panel of a config as it can be asked: endpoints, words, keys and prices. */

import { dirname } from "node:path";
import { defaultCredentials, serviceUrl } from "../../aws/mod.ts";
import { type JudgeSettings, judgeTextFolders, predictorOf } from "../../config/mod.ts";
import { type Endpoint, protocolFacts, sha256, UserError } from "../../core/mod.ts";
import { type Judge, type JudgeAccess, readJudgeText } from "../../evaluate/mod.ts";
import { tokenCost } from "../../metrics/mod.ts";
import type { Usage } from "../../predict/mod.ts";
import { openTransports, proxiesFrom } from "../../transport/mod.ts";
import type { StepContext } from "../context.ts";

/**
 * The judges of the step's config.
 *
 * @throws {UserError} if a template is nowhere, or a judge on AWS has no region
 */
export async function judgesOf({ config, loaded }: Pick<StepContext, "config" | "loaded">): Promise<Judge[]> {
  const folders = judgeTextFolders(dirname(loaded.file), config.s3_read_data.prompt_template_dir);
  const { judges, rules } = config.evaluation;
  const words = await readJudgeText("rules", rules, folders);
  return await Promise.all((judges ?? []).map(async (judge): Promise<Judge> => {
    const endpoint = await judgeEndpoint(judge);
    const { module } = endpoint.options ?? {};
    return {
      name: judge.name,
      endpoint,
      parameters: judge.parameters,
      template: await readJudgeText("template", judge.template, folders),
      rules: words,
      ...(module === undefined ? {} : { module_sha256: sha256(await Deno.readTextFile(module)) }),
    };
  }));
}

/** What is called for a judge, or for an embedder that goes by the same words. */
export async function judgeEndpoint(
  { name, inference_script, ep_name, model_id, region, api_key_env }: Pick<
    JudgeSettings,
    "name" | "inference_script" | "ep_name" | "model_id" | "region" | "api_key_env"
  >,
): Promise<Endpoint> {
  const script = predictorOf(inference_script);
  const predictor = script?.module ?? inference_script;
  const facts = protocolFacts(predictor);
  const address = ep_name ?? model_id;
  return {
    experiment_name: name,
    endpoint_name: facts?.address === "url" || !isUrl(address) ? address : model_id,
    predictor,
    url: isUrl(address) ? address : await serviceUrlOf(facts?.service ?? null, region, name, address),
    model_id,
    instance_type: model_id,
    instance_count: 1,
    region,
    deployed: false,
    simulated: false,
    api_key_env,
    ...(script?.own ? { options: { module: predictor } } : {}),
  };
}

async function serviceUrlOf(
  service: "bedrock" | "sagemaker" | null,
  region: string | null,
  name: string,
  address: string,
): Promise<string> {
  const action = "ask the judge";
  if (service === null) {
    throw new UserError({
      action,
      thing: name,
      found: `"${address}" is no address`,
      expected: "a URL such as http://127.0.0.1:8000/v1",
      remedy: "Set its ep_name.",
    });
  }
  if (region !== null) return await serviceUrl(service, region, Deno.env.toObject());
  throw new UserError({
    action,
    thing: name,
    found: "it has no region",
    remedy: "Set region of the judge, aws.region or AWS_REGION.",
  });
}

/** Network, keys and prices for judges and embedders, both by their endpoint's model; `close` ends the connections. */
export interface StepAccess extends JudgeAccess {
  cost(usage: Usage, asked: { readonly endpoint: Pick<Endpoint, "model_id"> }): number | null;
  close(): void;
}

export function openAccess(step: StepContext): StepAccess {
  const env = Deno.env.toObject();
  const transports = openTransports("user", { proxyFor: proxiesFrom(env) });
  const { token_based } = step.loaded.prices;
  return {
    transports,
    env,
    credentials: () => defaultCredentials(),
    signal: step.signal,
    cost(usage, { endpoint: { model_id } }) {
      const price = Object.hasOwn(token_based, model_id) ? token_based[model_id]! : null;
      return price === null ? null : tokenCost(usage, price);
    },
    close: () => transports.close(),
  };
}

/** What a cap leaves, never below nothing; null: there is no cap. */
export function whatIsLeft(dollars: number | null, spent: number): number | null {
  return dollars === null ? null : Math.max(0, dollars - spent);
}

function isUrl(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text);
}
