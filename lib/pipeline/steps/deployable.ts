/** What the deployment targets are told of an experiment and its run. */

import { userInfo } from "node:os";
import { dirname } from "node:path";
import { deploymentSpecOf, type LoadedConfig } from "../../config/mod.ts";
import { HubClient } from "../../data/mod.ts";
import {
  type Billing,
  type DeployContext,
  type Experiment,
  ownershipFor,
  type PlanContext,
} from "../../deploy/mod.ts";
import { type Prices, tariffOf } from "../../core/mod.ts";
import type { StepContext } from "../context.ts";
import { hubOptions } from "./tokenizers.ts";

type Configured = StepContext["config"]["experiments"][number];

/** An experiment as its deployer sees it. */
export function deployable(config: StepContext["config"], experiment: Configured): Experiment {
  const { name, model_id, ep_name, instance_type, instance_count, deploy, region, simulate } = experiment;
  const { predictor, protocol_options, inference_spec: { api_key_env, inference_url_format } } = experiment;
  return {
    ...{ name, model_id, ep_name, instance_type, instance_count, deploy, region, simulate },
    ...{ predictor, api_key_env },
    deployment: deploymentSpecOf(config, experiment),
    ...(experiment.price_per_hour === undefined ? {} : { price_per_hour: experiment.price_per_hour }),
    ...(Object.keys(protocol_options).length === 0 ? {} : { options: protocol_options }),
    ...(inference_url_format === undefined ? {} : { url_format: inference_url_format.replace(/^\/+/, "") }),
  };
}

/** What is known before anything is created. */
export async function planContext(
  { loaded, run_id }: { readonly loaded: LoadedConfig; readonly run_id: string },
  experiment: Configured,
): Promise<PlanContext> {
  const { config, prices, file } = loaded;
  const { owner, expires_hours } = config.deployment;
  return {
    run_id,
    ownership: ownershipFor(run_id, owner ?? userName(), new Date(), expires_hours),
    config_dir: dirname(file),
    billing: (instance_type, instance_count) => billingOf(prices, experiment, instance_type, instance_count),
    env: Deno.env.toObject(),
    has_hub_token: await new HubClient(hubOptions({ config, loaded })).token() !== null,
  };
}

/** What a deployment works with. */
export async function deployContext(step: StepContext, experiment: Configured): Promise<DeployContext> {
  return {
    ...await planContext({ loaded: step.loaded, run_id: step.run.id }, experiment),
    run_dir: step.run.paths.root,
    log: (message) => step.log("info", message),
    waiting: (what, waited_s) =>
      step.progress({
        label: `${what}, ${Math.round(waited_s)} s`,
        ...{ done: 0, total: 1, errors: 0, rate_per_s: null, eta_s: null },
      }),
    signal: step.signal,
    hubToken: () => new HubClient(hubOptions(step)).token(),
  };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return "unknown";
  }
}

/** By the price of the experiment; a machine of another type is not what that price is for. */
function billingOf(
  prices: Prices,
  { name, model_id, instance_type: own }: Configured,
  instance_type: string,
  instance_count: number,
): Billing {
  const tariff = instance_type === own
    ? tariffOf({ experiment_name: name, instance_type, model_id }, prices)
    : null;
  const hourly = tariff?.basis === "instance" ? tariff.hourly : null;
  return {
    instance_type,
    instance_count,
    per_hour: hourly === null ? null : hourly * instance_count,
    currency: prices.meta.currency,
  };
}
