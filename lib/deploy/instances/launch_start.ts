/** What an instance starts: containers, or the user's own script; and what of a config can't be started there. */

import { type DeploymentSpec, isSecretName, type LaunchSpec, UserError } from "../../core/mod.ts";
import {
  type ContainersPlan,
  containersPlan,
  hostPort,
  type Machine,
} from "../containers/containers_plan.ts";
import type { Experiment, PlanContext } from "../deployer.ts";
import { hubTokenNames, refers, type Startup } from "./user_data.ts";

/** A server that each of the instances has. */
export interface Server {
  readonly port: number;
  /** What follows the origin in the URL that requests go to. */
  readonly base_path: string;
  readonly health_path: string;
  /** Port and path of its counters; null: it has none. */
  readonly metrics: { readonly port: number; readonly path: string } | null;
}

/** What is started, and how it is reached. */
export interface Started {
  readonly start: Startup["start"];
  readonly target: string;
  readonly servers: readonly Server[];
  readonly prepares: boolean;
  readonly needs: readonly string[];
  readonly notes: readonly string[];
}

/** Throws UserError: a refusal, and what to write. */
export function startOf(
  experiment: Experiment,
  spec: DeploymentSpec,
  launch: LaunchSpec,
  machine: Machine | null,
  context: PlanContext,
): Started {
  const port = checkedPort(experiment, launch.port ?? hostPort(experiment));
  if (launch.user_data !== null) return ownStart(experiment, spec, launch.user_data, launch, port);
  if (machine === null) {
    throw refusal(
      experiment.name,
      `what an ${experiment.instance_type} has is not known`,
      "another instance_type, or ec2.launch.user_data: a script that starts the server",
    );
  }
  const plan = containersPlan(experiment, machine, { first: port, address: "0.0.0.0" }, context);
  refuseUnfit(experiment, plan, launch);
  const metricsOf = (run: ContainersPlan["copies"][number], own: number) =>
    run.metrics_path === null ? null : { port: run.metrics_port ?? own, path: run.metrics_path };
  const servers = plan.balancer === null
    ? plan.copies.map((run, at): Server => {
      const own = Number(new URL(plan.urls[at]!).port);
      const health_path = launch.health_path ?? run.health_path;
      return { port: own, base_path: plan.base_path, health_path, metrics: metricsOf(run, own) };
    })
    // It starts once all copies are healthy; theirs are the only counters, and their ports are not open.
    : [{
      port: plan.host_port,
      base_path: plan.base_path,
      health_path: launch.health_path ?? plan.copies[0]!.health_path,
      metrics: null,
    }];
  return {
    start: { containers: plan },
    target: plan.target,
    servers,
    prepares: plan.balancer === null && plan.copies.some(({ prepare }) => prepare.length > 0),
    needs: [],
    notes: [
      ...plan.notes,
      ...(launch.hf_token_parameter === null &&
          plan.copies.some(({ secrets }) => secrets.some((each) => hubTokenNames.has(each)))
        ? ["no Hugging Face token gets to the instance: a gated model takes ec2.launch.hf_token_parameter"]
        : []),
    ],
  };
}

function ownStart(
  experiment: Experiment,
  { metrics_url }: DeploymentSpec,
  script: string,
  { health_path }: LaunchSpec,
  port: number,
): Started {
  if (/^#cloud-|^Content-Type:|^#include/i.test(script.trimStart())) {
    throw refusal(
      experiment.name,
      "ec2.launch.user_data is for cloud-init",
      "a shell script: it runs behind our own part",
    );
  }
  const url = URL.parse(experiment.ep_name);
  const base_path = url !== null && /^https?:$/.test(url.protocol) ? url.pathname.replace(/\/+$/, "") : "";
  const counters = metrics_url === null ? null : URL.parse(metrics_url);
  return {
    start: { script: script.trimStart() },
    target: "by ec2.launch.user_data",
    servers: [{
      port,
      base_path,
      health_path: health_path ?? "/health",
      metrics: counters === null ? null : { port: Number(counters.port) || port, path: counters.pathname },
    }],
    prepares: false,
    needs: [],
    notes: [],
  };
}

function checkedPort(experiment: Experiment, port: number): number {
  if (port <= 65_535) return port;
  throw refusal(experiment.name, `${port} is no port`, "ec2.launch.port: at most 65535");
}

/** What works on a machine of one's own, and not on an instance that nobody logs in to. */
function refuseUnfit(experiment: Experiment, plan: ContainersPlan, launch: LaunchSpec): void {
  const { name } = experiment;
  const local = plan.images.find(({ source }) => source === "local");
  if (local !== undefined) {
    throw refusal(
      name,
      `the image ${local.image} is in no registry: it is built on a machine, by ${
        local.build_first ?? "hand"
      }`,
      "image_uri: an image in a registry; or ec2.launch.user_data, a script that builds and starts it",
    );
  }
  const mount = plan.copies.flatMap(({ mounts }) => mounts).find(({ source }) => source.startsWith("/"));
  if (mount !== undefined) {
    throw refusal(
      name,
      `${mount.source} is a path of this machine, and no instance has it`,
      "model_id: a model of the Hugging Face Hub; or an ec2.launch.ami that has the path, and ec2.launch.user_data",
    );
  }
  const ecr = plan.images.find(({ source }) => source === "ecr");
  if (launch.instance_profile === null && (ecr !== undefined || launch.hf_token_parameter !== null)) {
    throw refusal(
      name,
      ecr === undefined
        ? `nothing lets an instance read ${launch.hf_token_parameter}`
        : `nothing lets an instance pull ${ecr.image}`,
      `ec2.launch.instance_profile: one whose role may ${
        ecr === undefined ? "ssm:GetParameter" : "pull from Amazon ECR"
      }`,
    );
  }
  for (const { env, secrets } of plan.copies) {
    const secret = secrets.find((each) => !hubTokenNames.has(each)) ??
      Object.keys(env).find((each) =>
        refers(env[each]!) && !hubTokenNames.has(each) && isSecret(each, env[each]!)
      );
    if (secret !== undefined) {
      throw refusal(
        name,
        `the secret ${secret} would stand in user data, which everyone may read who may describe the instance`,
        "no such variable under env; ec2.launch.user_data may read it from a place that the instance's role has access to",
      );
    }
    const token = Object.keys(env).find((each) => hubTokenNames.has(each));
    if (token !== undefined && launch.hf_token_parameter === null) {
      throw refusal(
        name,
        `the secret ${token} would stand in user data, which everyone may read who may describe the instance`,
        "ec2.launch.hf_token_parameter: the SSM parameter that holds it, which the instance reads itself",
      );
    }
    const odd = Object.keys(env).find((each) => !/^[A-Za-z_]\w*$/.test(each));
    if (odd !== undefined) {
      throw refusal(name, `${odd} is no name of a variable`, "letters, digits and _ in the keys of env");
    }
  }
}

function isSecret(name: string, value: string): boolean {
  return isSecretName(name) || [...value.matchAll(/\$\{(\w+)\}/g)].some(([, each]) => isSecretName(each!));
}

/** What can't be launched, and what to write instead. */
export function refusal(experiment: string, found: string, expected: string): UserError {
  return new UserError({ action: "launch instances for", thing: experiment, found, expected });
}
