/** Instances of EC2 that serve a model for one run, and end with it: a launch, a security group, nothing else. */

import type { ControlOptions } from "../../aws/mod.ts";
import { type Endpoint, systemClock, UserError } from "../../core/mod.ts";
import type { DeployContext, Deployer, Experiment, Removal, RemovalContext, Resource } from "../deployer.ts";
import { owed, record } from "../ledger.ts";
import { callerRange, isPrivate, whereFrom } from "./caller_address.ts";
import { attempting, type Ec2, instancesBy, nonceKey, withEc2 } from "./ec2_calls.ts";
import { probe } from "../http_probe.ts";
import { describeLaunch } from "./launch_actions.ts";
import { type LaunchPlan, launchPlan } from "./launch_plan.ts";
import { byNonce, endInstances, rootDevice, runInstances, untilRunning } from "./launched.ts";
import type { Patience } from "../polling.ts";
import { areHealthy, type Place, placesOf, secondsSince, untilReady } from "./readiness.ts";
import { findTagged, kinds } from "./tagged.ts";
import { createGroup, openPorts, removeGroup, vpcOf } from "./security_group.ts";

/** Times, and what stands for the network in a test. */
export interface InstancesSettings {
  readonly control: ControlOptions;
  /** From the launch to the state `running`. */
  readonly start: Patience;
  /** How the health is asked for; the limit is the plan's. */
  readonly health: Omit<Patience, "limit_ms">;
  /** From termination, or the deletion of a group, to its end. */
  readonly gone: Patience;
  /** How long something that was just created may take to show. */
  readonly settle: Patience;
  readonly probe_timeout_ms: number;
  readonly look_every_ms: number;
  /** Answers with the address that it is asked from. */
  readonly caller_address_url: string;
  readonly originOf: (address: string, port: number) => string;
}

const usual: InstancesSettings = {
  control: {},
  start: { first_ms: 2_000, most_ms: 10_000, limit_ms: 600_000 },
  health: { first_ms: 2_000, most_ms: 15_000 },
  gone: { first_ms: 2_000, most_ms: 10_000, limit_ms: 600_000 },
  settle: { first_ms: 2_000, most_ms: 4_000, limit_ms: 8_000 },
  probe_timeout_ms: 5_000,
  look_every_ms: 30_000,
  caller_address_url: whereFrom,
  originOf: (address, port) => `http://${address.includes(":") ? `[${address}]` : address}:${port}`,
};

const name = "instances";

/** The target; `given` replaces settings. */
export function instancesTarget(given: Partial<InstancesSettings> = {}): Deployer {
  const settings = { ...usual, ...given };
  return {
    name,
    kinds: Object.values(kinds),
    serves: ({ deploy, simulate, deployment }) =>
      deploy && simulate === null && deployment?.script === "ec2_container" && deployment.ec2.launch !== null,
    plan: (experiment, context) =>
      Promise.try(() =>
        describeLaunch(experiment, launchPlan(experiment, context), settings.caller_address_url)
      ),
    deploy: (experiment, context) => deploy(experiment, context, settings),
    remove: (resource, context) => remove(resource, context, settings),
    findTagged: ({ regions }) => findTagged(regions, settings.control),
    async isAlive({ url, replicas }) {
      const urls = replicas ?? [url];
      if (!urls.every((each) => URL.canParse(each))) return false;
      const answers = await Promise.all(urls.map((each) => probe(new URL(each), settings.probe_timeout_ms)));
      // Behind nginx a server that is gone is a 502.
      return answers.every((answer) => typeof answer === "number" && answer < 500);
    },
  };
}

export const instances: Deployer = instancesTarget();

async function deploy(
  experiment: Experiment,
  context: DeployContext,
  settings: InstancesSettings,
): Promise<Endpoint> {
  const plan = launchPlan(experiment, context);
  const user_data = plan.script((value) => expanded(value, experiment.name, context.env));
  const { clock = systemClock, signal, log } = context;
  const options = { ...settings.control, region: plan.region };
  try {
    return await withEc2(options, async (ec2) => {
      const earlier = await earlierEndpoint(ec2, experiment, plan, context, settings);
      if (earlier !== null) return earlier;
      signal.throwIfAborted();
      const begun = clock.now();
      const launched = await launch(ec2, experiment, plan, user_data, context, settings);
      log(
        `${experiment.name}: launched ${
          launched.ids.join(", ")
        } (${experiment.instance_type}) in ${plan.region}`,
      );
      const waiting = (what: string) => (waited_s: number) =>
        context.waiting?.(`${experiment.name}: ${what}`, waited_s);
      const running = await untilRunning(ec2, launched.ids, experiment.name, {
        ...settings.start,
        clock,
        signal,
        waiting: waiting("instances start"),
      });
      const places = running.flatMap((each) =>
        placesOf(each, plan.servers, { ...settings, privately: launched.privately })
      );
      await untilReady(ec2, { ...settings, experiment: experiment.name, places, prepares: plan.prepares }, {
        ...settings.health,
        limit_ms: context.ready_timeout_ms ?? plan.ready_timeout_s * 1000,
        clock,
        signal,
        waiting: waiting("servers start"),
      });
      return { ...endpointOf(experiment, plan, places), ready_after_s: secondsSince(clock, begun) };
    });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

/** What `${NAME}` stands for in the environment. Throws UserError for a variable that is not set. */
function expanded(value: string, experiment: string, env: DeployContext["env"]): string {
  return value.replace(/\$\{([A-Za-z_]\w*)\}/g, (_, variable: string) => {
    const found = env[variable];
    if (found !== undefined) return found;
    throw new UserError({
      action: "launch instances for",
      thing: experiment,
      found: `the environment has no ${variable}, which env refers to`,
      remedy: `Set ${variable}.`,
    });
  });
}

interface Launched {
  readonly ids: readonly string[];
  /** Whether they are reached by their private addresses. */
  readonly privately: boolean;
}

/** Creates group and instances; each stands in the ledger before. */
async function launch(
  ec2: Ec2,
  experiment: Experiment,
  plan: LaunchPlan,
  user_data: string,
  context: DeployContext,
  settings: InstancesSettings,
): Promise<Launched> {
  const { run_dir, signal } = context;
  const { caller_cidr, security_group_ids, subnet_id } = plan.launch;
  const root_device = plan.image.root_device ?? await rootDevice(ec2, plan.image.id, experiment.name);
  const nonce = crypto.randomUUID();
  const tags = { ...plan.tags, Name: plan.name, [nonceKey]: nonce };
  const known = { region: plan.region, nonce, experiment: experiment.name, ...plan.tags };
  const group_ids = [...security_group_ids];
  let range = caller_cidr;
  if (plan.group !== null) {
    range = plan.group.cidr ?? await callerRange(experiment.name, settings.caller_address_url, signal);
    const vpc = subnet_id === null ? null : await vpcOf(ec2, subnet_id, experiment.name);
    signal.throwIfAborted();
    const resource: Resource = { kind: kinds.group, name: plan.name, id: null, tags: known };
    record(run_dir, "intent", resource);
    const id = await createGroup(ec2, { name: plan.name, experiment: experiment.name, vpc, tags }, signal);
    record(run_dir, "created", { ...resource, id });
    const ports = plan.servers.flatMap(({ port, metrics }) =>
      metrics === null ? [port] : [port, metrics.port]
    );
    await openPorts(ec2, { id, experiment: experiment.name, ports: [...new Set(ports)], range }, signal);
    group_ids.push(id);
  }
  signal.throwIfAborted();
  const resource: Resource = {
    kind: kinds.instances,
    name: plan.name,
    id: null,
    tags: { ...known, fingerprint: plan.fingerprint },
    billing: plan.billing,
  };
  record(run_dir, "intent", resource);
  const ids = await runInstances(
    ec2,
    plan,
    { experiment: experiment.name, root_device, group_ids, nonce, tags, user_data },
    signal,
  );
  record(run_dir, "created", { ...resource, id: ids.join(" ") });
  return { ids, privately: range !== null && isPrivate(range) };
}

/**
 * What an earlier start of this run left for the experiment: taken as it is when it is the same and healthy, removed when not.
 */
async function earlierEndpoint(
  ec2: Ec2,
  experiment: Experiment,
  plan: LaunchPlan,
  context: DeployContext,
  settings: InstancesSettings,
): Promise<Endpoint | null> {
  const { run_dir, env, log, clock } = context;
  const left = owed(run_dir).filter(({ kind, tags }) =>
    Object.values<string>(kinds).includes(kind) && tags["experiment"] === experiment.name
  );
  const launched = left.find(({ kind, id }) => kind === kinds.instances && id !== null);
  if (launched?.tags["fingerprint"] === plan.fingerprint) {
    const found = await attempting(
      "look at the instances of",
      experiment.name,
      "ec2:DescribeInstances",
      () => instancesBy(ec2, byNonce(launched.tags["nonce"]!)),
    );
    const running = found.filter(({ state }) => state === "running");
    const privately = isPrivate(plan.launch.caller_cidr ?? "");
    const places = running.flatMap((each) => placesOf(each, plan.servers, { ...settings, privately }));
    const whole = running.length === experiment.instance_count;
    if (whole && await areHealthy(places, settings.probe_timeout_ms)) {
      log(`${experiment.name}: ${launched.id} still run and answer`);
      return endpointOf(experiment, plan, places);
    }
  }
  for (const resource of left.reverse()) {
    await remove(resource, { run_dir, env, log, ...(clock === undefined ? {} : { clock }) }, settings);
    record(run_dir, "deleted", resource);
  }
  return null;
}

function endpointOf(experiment: Experiment, plan: LaunchPlan, places: readonly Place[]): Endpoint {
  const { ep_name, model_id, predictor, instance_type, instance_count, api_key_env, options } = experiment;
  const urls = places.map(({ origin, server }) => origin + server.base_path);
  const metrics_urls = places.flatMap(({ origin, server: { metrics } }) => {
    if (metrics === null) return [];
    const url = new URL(metrics.path, origin);
    if (metrics.port !== Number(url.port)) url.port = String(metrics.port);
    return [url.href];
  });
  return {
    experiment_name: experiment.name,
    endpoint_name: ep_name,
    predictor,
    url: urls[0]!,
    model_id,
    instance_type,
    instance_count,
    region: plan.region,
    deployed: true,
    simulated: false,
    api_key_env,
    ...(options === undefined ? {} : { options }),
    ...(urls.length === 1 ? {} : { replicas: urls }),
    deployer: name,
    ...(metrics_urls.length === 0 ? {} : { observed: { metrics_urls } }),
  };
}

function remove(resource: Resource, context: RemovalContext, settings: InstancesSettings): Promise<Removal> {
  const { kind, name, id, tags: { region, nonce } } = resource;
  if (region === undefined || nonce === undefined) {
    return Promise.reject(
      new UserError({
        action: "remove",
        thing: `${kind} ${name}`,
        found: "the ledger does not say which region and nonce it has, so it was left alone",
        remedy: `Look for its name in the AWS console.`,
      }),
    );
  }
  const { clock = systemClock } = context;
  const [gone, settle] = [{ ...settings.gone, clock }, { ...settings.settle, clock }];
  return withEc2(
    { ...settings.control, region },
    (ec2) =>
      kind === kinds.group
        ? removeGroup(ec2, { name, id, nonce }, gone, settle)
        : endInstances(ec2, { name, ids: id?.split(" ") ?? [], nonce }, gone, settle),
  );
}
