/** Endpoints of SageMaker that serve a model for one run, and end with it: model, configuration, endpoint, and what is uploaded for them. */

import { type ControlOptions, serviceUrl } from "../../aws/mod.ts";
import { type Endpoint, systemClock, UserError } from "../../core/mod.ts";
import { parseS3Address } from "../../storage/mod.ts";
import type { DeployContext, Deployer, Experiment, Removal, RemovalContext, Resource } from "../deployer.ts";
import { type Patience, poll, type Polling } from "../polling.ts";
import { tagKeys } from "../ownership.ts";
import { scripts } from "./container_plan.ts";
import { describeDeployment } from "./deploy_actions.ts";
import { createAll } from "./creation.ts";
import { type EndpointPlan, endpointPlan } from "./endpoint_plan.ts";
import { keepEarlier } from "./earlier.ts";
import { removeSnapshot } from "./hub_snapshot.ts";
import { untilInService } from "./readiness.ts";
import { removePart } from "./removal.ts";
import { removeObject, withS3 } from "./s3_objects.ts";
import { describe, kinds, type Part, parts, withSageMaker } from "./sagemaker_calls.ts";
import { findTagged } from "./tagged.ts";

/** Times, and what stands for AWS in a test. */
export interface SageMakerSettings {
  readonly control: ControlOptions;
  /** How the state of an endpoint is asked for; the limit is the plan's. */
  readonly ready: Omit<Patience, "limit_ms">;
  /** From the deletion to the end. An endpoint that is being created is waited for before. */
  readonly gone: Patience;
  /** How long something that was just created may take to show. */
  readonly settle: Patience;
}

const usual: SageMakerSettings = {
  control: {},
  ready: { first_ms: 5_000, most_ms: 30_000 },
  gone: { first_ms: 2_000, most_ms: 15_000, limit_ms: 3_600_000 },
  settle: { first_ms: 2_000, most_ms: 4_000, limit_ms: 8_000 },
};

const name = "sagemaker";

/** The target; `given` replaces settings. */
export function sageMakerTarget(given: Partial<SageMakerSettings> = {}): Deployer {
  const settings = { ...usual, ...given };
  return {
    name,
    kinds: Object.values(kinds),
    serves: ({ deploy, simulate, deployment }) =>
      deploy && simulate === null && deployment !== null && scripts.includes(deployment.script),
    plan: (experiment, context) => Promise.try(() => describeDeployment(endpointPlan(experiment, context))),
    deploy: (experiment, context) => deploy(experiment, context, settings),
    remove: (resource, context) => remove(resource, context, settings),
    findTagged: ({ regions }) => findTagged(regions, settings.control),
    isAlive: (endpoint) => isAlive(endpoint, settings),
  };
}

export const sagemaker: Deployer = sageMakerTarget();

function optionsOf({ control }: SageMakerSettings, region: string): ControlOptions {
  return { ...control, region };
}

async function isAlive({ endpoint_name, region }: Endpoint, settings: SageMakerSettings): Promise<boolean> {
  const options = region === null ? settings.control : optionsOf(settings, region);
  try {
    const found = await withSageMaker(options, (service) => describe(service, "endpoint", endpoint_name));
    return found?.status === "InService";
  } catch {
    return false;
  }
}

async function deploy(
  experiment: Experiment,
  context: DeployContext,
  settings: SageMakerSettings,
): Promise<Endpoint> {
  const plan = endpointPlan(experiment, context);
  const { clock = systemClock, signal } = context;
  try {
    return await withSageMaker(optionsOf(settings, plan.region), async (service) => {
      const begun = clock.now();
      const earlier = await keepEarlier(
        service,
        plan,
        context,
        (resource, removal) => remove(resource, removal, settings),
      );
      if (!earlier) await createAll(service, plan, context, optionsOf(settings, plan.region));
      await untilInService(service, plan, {
        ...settings.ready,
        limit_ms: context.ready_timeout_ms ?? plan.ready_timeout_s * 1000,
        clock,
        signal,
        waiting: (waited_s) =>
          context.waiting?.(`${plan.experiment}: SageMaker brings it into service`, waited_s),
      });
      const ready_after_s = (clock.now() - begun) / 1000;
      return { ...await endpointOf(experiment, plan, context), ...(earlier ? {} : { ready_after_s }) };
    });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

async function endpointOf(
  experiment: Experiment,
  { name: endpoint_name, region, variant }: EndpointPlan,
  { env }: DeployContext,
): Promise<Endpoint> {
  const { name: experiment_name, model_id, predictor, instance_type, instance_count, api_key_env, options } =
    experiment;
  return {
    experiment_name,
    endpoint_name,
    predictor,
    url: await serviceUrl("sagemaker", region, env),
    model_id,
    instance_type,
    instance_count,
    region,
    deployed: true,
    simulated: false,
    api_key_env,
    ...(options === undefined ? {} : { options }),
    deployer: name,
    observed: { cloudwatch: { region, endpoint_name, variant_name: variant } },
  };
}

function remove(resource: Resource, context: RemovalContext, settings: SageMakerSettings): Promise<Removal> {
  const { kind, name, id, tags } = resource;
  const [region, run_id] = [tags["region"], tags[tagKeys.run_id]];
  if (region === undefined || run_id === undefined) {
    return Promise.reject(
      new UserError({
        action: "remove",
        thing: `${kind} ${name}`,
        found: "the ledger does not say its region and its run, so it was left alone",
        remedy: "Look for its name in the AWS console.",
      }),
    );
  }
  const { clock = systemClock } = context;
  const [gone, settle] = [{ ...settings.gone, clock }, { ...settings.settle, clock }];
  const options = optionsOf(settings, region);
  const part = (Object.keys(parts) as Part[]).find((each) => kinds[each] === kind);
  if (part !== undefined) {
    const owing = { part, name, run_id, region, created: id !== null };
    return withSageMaker(options, (service) => removePart(service, owing, gone, settle));
  }
  const attempt = () =>
    kind === kinds.snapshot
      ? removeSnapshot({ address: name, owner: run_id }, options)
      : withS3(options, (s3) => removeObject(s3, parseS3Address(name), run_id));
  return removeLate(attempt, id !== null, settle);
}

/** What only the intent is known of may show late: a call that was given up may still be done. */
async function removeLate(
  attempt: () => Promise<Removal>,
  created: boolean,
  settle: Polling,
): Promise<Removal> {
  const removal = await attempt();
  if (removal === "removed" || created) return removal;
  const late = await poll(async () => await attempt() === "removed" ? true : null, settle);
  return late ? "removed" : "already gone";
}
