/** What a deployment script gave: whether it is what it should be, and the endpoint that comes of it. */

import { serviceUrl } from "../../aws/mod.ts";
import { type Endpoint, protocolFacts, UserError } from "../../core/mod.ts";
import type { Experiment, PlanContext } from "../deployer.ts";
import { connectError } from "../reachability.ts";
import type { OwnDeployed, OwnResource } from "./own_script.ts";

/** Why nobody can be reached at a URL; null: somebody can. */
export async function silenceAt(url: string, connect_ms: number): Promise<string | null> {
  return URL.canParse(url) ? await connectError(new URL(url), connect_ms) : "it is no URL";
}

/** @throws {UserError} if it says nowhere where it is */
export async function endpointOf(
  experiment: Experiment,
  deployed: OwnDeployed,
  { env }: PlanContext,
): Promise<Endpoint> {
  const { name, ep_name, predictor, model_id, instance_type, instance_count, region, api_key_env, options } =
    experiment;
  const { service = null } = protocolFacts(predictor) ?? {};
  const { url, endpoint_name = ep_name, metrics_url = experiment.deployment?.metrics_url ?? null } = deployed;
  if (url === undefined && (service === null || region === null)) {
    throw new UserError({
      action: "use what was deployed for",
      thing: name,
      found: service === null
        ? "deploy() gave no url"
        : "deploy() gave no url, and the experiment names no region",
      expected: "{url: ...}, or {endpoint_name: ...} of a service of AWS in a region",
    });
  }
  const { url_format } = experiment;
  const base = url ?? await serviceUrl(service!, region!, env);
  return {
    experiment_name: name,
    ...{ endpoint_name, predictor, model_id, instance_type, instance_count, region },
    url: url_format === undefined ? base : `${base.replace(/\/+$/, "")}/${url_format}`,
    deployed: true,
    simulated: false,
    api_key_env,
    ...(options === undefined ? {} : { options }),
    deployer: "own_script",
    ...(metrics_url === null ? {} : { observed: { metrics_urls: [metrics_url] } }),
  };
}

/** Why something is no resource; null: it is one. */
export function resourceFault(one: OwnResource): string | null {
  const { kind, name, id } = (one ?? {}) as Partial<OwnResource>;
  const right = typeof kind === "string" && typeof name === "string" &&
    (id === null || typeof id === "string" || typeof id === "number");
  return right ? null : `a resource is ${JSON.stringify(one) ?? "undefined"}, not {kind, name, id}`;
}

/** Why something is not what `deploy` has to give; null: it is. */
export function deployedFault(deployed: OwnDeployed | null): string | null {
  if (deployed === null || typeof deployed !== "object") return "deploy() gave no object";
  const { url, endpoint_name, resources, metrics_url } = deployed;
  for (const [name, value] of Object.entries({ url, endpoint_name, metrics_url })) {
    if (value !== undefined && typeof value !== "string") return `${name} that deploy() gave is no text`;
  }
  return resources === undefined || Array.isArray(resources)
    ? null
    : "resources that deploy() gave is no list";
}

export function scriptFault(module: string, found: string): UserError {
  return new UserError({
    action: "deploy by the script",
    thing: module,
    found,
    remedy: "docs/deploy/own_script.md says what it has to be.",
  });
}
