/** What a scenario asks of whom, without its prompt: scenarios that agree in it are one variant, an experiment of the run. */

import { isUrl } from "./experiment_address.ts";
import { predictorOf } from "./inference_script.ts";
import type { WrittenScenario } from "./scenario_fields.ts";

/** How a model is asked. */
export interface Variant {
  /** The name of a protocol, or the path of the user's own module as it is written. */
  readonly provider: string;
  readonly model_id: string;
  readonly region: string | null;
  /** null: the protocol knows no latency profiles. */
  readonly profile: "optimized" | "standard" | null;
  readonly url: string | null;
  readonly service_tier: string | null;
  readonly temperature: number | null;
  readonly top_p: number | null;
  readonly top_k: number | null;
  readonly stop: readonly string[] | null;
  readonly api_key_env: string | null;
}

/** What is asked where a scenario does not say: of whom, and how long an answer may be. */
export const scenarioDefaults = {
  provider: "bedrock",
  inference_profile: "standard",
  expected_output_tokens: 100,
  task_type: "Text-Generation",
} as const;

/** Whether a provider has latency profiles. */
export function hasProfiles(provider: string): boolean {
  return provider === "bedrock" || provider === "bedrock_invoke";
}

export function variantOf(written: WrittenScenario): Variant {
  const asked = written.provider ?? scenarioDefaults.provider;
  const provider = predictorOf(asked)?.module ?? asked;
  const { stop = null } = written;
  return {
    provider,
    model_id: written.model_id ?? "",
    region: written.region ?? null,
    profile: hasProfiles(provider) ? written.inference_profile ?? scenarioDefaults.inference_profile : null,
    url: written.url ?? null,
    service_tier: written.service_tier ?? null,
    temperature: written.temperature ?? null,
    top_p: written.top_p ?? null,
    top_k: written.top_k ?? null,
    stop: typeof stop === "string" ? [stop] : stop,
    api_key_env: written.api_key_env ?? null,
  };
}

/** The model's name without what an ARN says of its account. */
export function modelName(model_id: string): string {
  return model_id.startsWith("arn:")
    ? model_id.slice(Math.max(model_id.lastIndexOf("/"), model_id.lastIndexOf(":")) + 1)
    : model_id;
}

/** What a name says only where it differs, in this order. */
const further = [
  "provider",
  "url",
  "service_tier",
  "temperature",
  "top_p",
  "top_k",
  "stop",
  "api_key_env",
] as const;

/**
 * A name for each variant: model, region and profile; of variants that agree in these, the further settings in which they
 * differ too. No two names are the same.
 */
export function variantNames(variants: readonly Variant[]): string[] {
  const stems = variants.map(({ model_id, region, profile }) =>
    [modelName(model_id), region, profile].filter((part) => part !== null).join(" ")
  );
  const alike = Map.groupBy(variants.keys(), (index) => stems[index]!);
  const taken = new Map<string, number>();
  return variants.map((variant, index) => {
    const others = alike.get(stems[index]!)!.map((one) => variants[one]!);
    const differing = further.filter((key) =>
      others.some((one) => JSON.stringify(one[key]) !== JSON.stringify(variant[key]))
    );
    const name = [stems[index]!, ...differing.flatMap((key) => shown(key, variant, others))].join(" ");
    const times = (taken.get(name) ?? 0) + 1;
    taken.set(name, times);
    return times === 1 ? name : `${name} (${times})`;
  });
}

/** A setting that is left to the server goes without a word. */
function shown(key: typeof further[number], variant: Variant, others: readonly Variant[]): string[] {
  const value = variant[key];
  if (value === null) return [];
  if (key === "provider" || key === "service_tier") return [String(value)];
  if (key === "url") return [urlName(String(value), others.map(({ url }) => url))];
  return [`${key}=${typeof value === "number" ? value : JSON.stringify(value)}`];
}

/** The host, where it tells the addresses apart. */
function urlName(url: string, urls: readonly (string | null)[]): string {
  const host = (one: string) => isUrl(one) ? new URL(one).host : one;
  const sameHost = new Set(urls.filter((one) => one !== null && host(one) === host(url)));
  return sameHost.size > 1 ? url : host(url);
}
