/** By what a model of Bedrock is called, and whose it is. */

import type { Endpoint } from "../../core/mod.ts";

/**
 * What a request calls: the endpoint's name, where it is an ARN (of provisioned throughput, say) or the id of a model or of an
 * inference profile, else the model's id.
 */
export function modelCalled(
  { endpoint_name, model_id }: Pick<Endpoint, "endpoint_name" | "model_id">,
): string {
  return endpoint_name.startsWith("arn:") || vendorOf(endpoint_name) !== null ? endpoint_name : model_id;
}

/** Prefixes of cross-region inference profiles: `us.`, `eu.`, `apac.`, `us-gov.`, `global.`, ... */
const profile = /^(us|eu|apac|jp|au|ca|sa|me|us-gov|global)\./;

/**
 * The vendor and the model's own name, `{vendor: "meta", model: "llama3-1-8b-instruct-v1:0"}`; null for an ARN that doesn't
 * say it (a provisioned, imported or custom model, an application's profile).
 */
export function vendorOf(model_id: string): { vendor: string; model: string } | null {
  const id = model_id.startsWith("arn:")
    ? /:(?:foundation-model|inference-profile|default-prompt-router)\/(.+)$/.exec(model_id)?.[1]
    : model_id;
  const parts = /^([a-z0-9-]+)\.([a-z].*)$/.exec((id ?? "").replace(profile, ""));
  return parts === null ? null : { vendor: parts[1]!, model: parts[2]! };
}

/** Whether an ARN stands for a model that the user brought along. */
export function isImported(model: string): boolean {
  return /^arn:[^:]*:bedrock:.*:imported-model\//.test(model);
}
