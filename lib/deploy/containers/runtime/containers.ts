/** Serving containers on this machine, by docker or podman: FMBench's EC2 deployments, started on the instance itself. */

import { resolve } from "node:path";
import { type Endpoint, systemClock } from "../../../core/mod.ts";
import type { ControlOptions } from "../../../aws/mod.ts";
import { shellCommand } from "../../shell_quote.ts";
import type { DeployContext, Deployer, Experiment, PlanContext } from "../../deployer.ts";
import type { DeploymentPlan, PlannedAction } from "../../deployment_plan.ts";
import { record } from "../../ledger.ts";
import {
  type ContainerRun,
  containersPlan,
  hostPort,
  machineOfType,
  planActions,
} from "../containers_plan.ts";
import { endpointOf, isAlive } from "./endpoint.ts";
import { chooseEngine } from "./engine.ts";
import { kind, othersOnMachine, owedContainers } from "./entry.ts";
import { type HealthContext, type Patience, untilReady } from "./health.ts";
import { bringImages } from "./images.ts";
import { nonceLabel } from "./inspection.ts";
import { instanceType } from "./instance_metadata.ts";
import { expectHere, expectMachine } from "./machine_check.ts";
import { type ProbedMachine, probeMachine } from "./machine_probe.ts";
import { expectFreePorts, filesFolder, modelsPath, writeFiles } from "./place.ts";
import { findContainers, type RemovalSettings, removeContainer } from "./removal.ts";
import { allOf, type Carrying, healthUrl, prepare, startContainer, stillRunning } from "./running.ts";

/** Loading a large model, and compiling it where the server does that, takes long. */
const ready_limit_ms = 40 * 60_000;

/** What tests put in place of a real machine, and how long things may take. */
export interface ContainersSettings {
  readonly patience: Omit<Patience, "limit_ms">;
  readonly removal: RemovalSettings;
  /** How ECR is reached. */
  readonly ecr: ControlOptions;
  readonly instanceType: (env: PlanContext["env"]) => Promise<string | null>;
  readonly probe: (instance_type: string | null, env: PlanContext["env"]) => Promise<ProbedMachine>;
  readonly plan: typeof containersPlan;
}

const defaults: ContainersSettings = {
  patience: { probe_timeout_ms: 5_000, first_pause_ms: 200, longest_pause_ms: 1_000 },
  removal: { grace_s: 10, limit_ms: 60_000, pause_ms: 250 },
  ecr: {},
  instanceType,
  probe: probeMachine,
  plan: containersPlan,
};

/** The target with settings of its own. */
export function containersTarget(given: Partial<ContainersSettings> = {}): Deployer {
  const settings = { ...defaults, ...given };
  return {
    name: "containers",
    kinds: [kind],
    serves: ({ deploy, deployment }) =>
      deploy && deployment?.script === "ec2_container" && deployment.ec2.launch === null,
    plan: (experiment, context) => describe(experiment, context, settings),
    deploy: (experiment, context) => deploy(experiment, context, settings),
    remove: (resource, context) => removeContainer(resource, context, settings.removal),
    findTagged: findContainers,
    isAlive,
  };
}

export const containers: Deployer = containersTarget();

/** Where the config names a type that is known, the machine is of that type; else it is this one. */
async function describe(
  experiment: Experiment,
  context: PlanContext,
  settings: ContainersSettings,
): Promise<DeploymentPlan> {
  expectHere(experiment);
  const { ec2 } = experiment.deployment!;
  const known = ec2.any_machine ? null : machineOfType(experiment.instance_type);
  const machine = known ?? (await settings.probe(null, context.env)).machine;
  const plan = settings.plan(experiment, machine, { first: hostPort(experiment) }, context);
  const engine = ec2.container_engine ?? "docker";
  const cached = plan.copies.some(({ cache }) => cache !== null);
  const notes = [
    ...ec2.container_engine === null ? ["podman runs them where docker does not answer"] : [],
    ...known === null
      ? ["planned for this machine as it is; another one may be shared out in another way"]
      : [`stops unless it runs on ${experiment.instance_type}, as the metadata service of EC2 says it`],
    `each container carries one label more, ${nonceLabel}, by which this deployment recognises it`,
    ...cached ? ["containers read and write your own folder of downloaded models"] : [],
  ];
  return {
    experiment_name: experiment.name,
    target: `${plan.target}, on this machine`,
    actions: [
      ...notes.map((what): PlannedAction => ({ kind: "note", what })),
      ...planActions(plan, engine, {
        folder: filesFolder("RUN", experiment.name),
        cache: (cache) => modelsPath(cache, context.env),
      }),
      ...plan.balancer === null
        ? []
        : [{ kind: "wait" as const, what: `${plan.balancer.name} to answer at port ${plan.host_port}` }],
    ],
    removal: allOf(plan).toReversed().flatMap(({ name }): PlannedAction[] => [
      { kind: "command", what: shellCommand([engine, "stop", "-t", String(settings.removal.grace_s), name]) },
      { kind: "command", what: shellCommand([engine, "rm", "--force", "--volumes", name]) },
    ]),
    tags: plan.copies[0]?.labels ?? {},
    billing: known === null ? null : context.billing(experiment.instance_type, experiment.instance_count),
    needs: plan.needs,
  };
}

/** What fails, or is stopped, stays in the ledger as it is. */
async function deploy(
  experiment: Experiment,
  context: DeployContext,
  settings: ContainersSettings,
): Promise<Endpoint> {
  expectHere(experiment);
  const { env, run_dir, signal, clock = systemClock } = context;
  const spec = experiment.deployment!;
  const probed = await settings.probe(await settings.instanceType(env), env);
  expectMachine(experiment, probed);
  const plan = settings.plan(experiment, probed.machine, { first: hostPort(experiment) }, context);
  const engine = await chooseEngine(spec.ec2.container_engine, env);
  const folder = filesFolder(resolve(run_dir), experiment.name);
  const carrying: Carrying = { plan, engine, experiment: experiment.name, folder };

  for (const other of othersOnMachine(run_dir, experiment.name)) {
    context.log(`${experiment.name}: shares the machine with the containers of ${other}`);
  }
  const owed = owedContainers(run_dir, experiment.name);
  const running = await stillRunning(owed, carrying, context, settings.patience.probe_timeout_ms);
  if (running !== null) {
    context.log(`${experiment.name}: its ${running.length} containers still run, and are used as they are`);
    return endpointOf(experiment, carrying, probed.machine, null);
  }
  for (const earlier of owed.toReversed()) {
    await removeContainer(earlier, context, settings.removal);
    record(run_dir, "deleted", earlier);
  }
  await bringImages(engine, plan.images, { ...context, clock, ecr: settings.ecr });
  expectFreePorts(plan);
  await writeFiles(folder, plan);

  const secrets: string[] = [];
  const began = clock.now();
  const elapsed = () => (clock.now() - began) / 1_000;
  async function start(run: ContainerRun) {
    signal.throwIfAborted();
    const since = clock.now();
    const id = await startContainer(run, carrying, context, secrets);
    return { run, id, name: run.name, health_url: healthUrl(run, plan), since };
  }
  const copies = [];
  for (const copy of plan.copies) copies.push(await start(copy));
  const spoiled = new AbortController();
  const health: HealthContext = {
    engine,
    clock,
    secrets,
    signal: AbortSignal.any([signal, spoiled.signal]),
    patience: {
      ...settings.patience,
      limit_ms: context.ready_timeout_ms ?? (spec.ready_timeout_seconds ?? ready_limit_ms / 1_000) * 1_000,
    },
    waiting: (what, waited_s) => context.waiting?.(what, waited_s),
  };
  // One that fails makes waiting for the others pointless; its reason is the one that counts.
  const waits = copies.map(async (copy) => {
    try {
      const seconds = await untilReady(copy, health);
      context.log(`${experiment.name}: ${copy.name} was ready after ${seconds.toFixed(1)} s`);
    } catch (error) {
      spoiled.abort(error);
      throw error;
    }
  });
  await Promise.allSettled(waits);
  signal.throwIfAborted();
  if (spoiled.signal.aborted) throw spoiled.signal.reason;
  for (const { run, id } of copies) await prepare(run, id, engine, context, elapsed, secrets);
  if (plan.balancer !== null) await untilReady(await start(plan.balancer), health);
  const endpoint = endpointOf(experiment, carrying, probed.machine, elapsed());
  context.log(
    `${experiment.name}: ${plan.target}, answers at ${endpoint.url} after ${elapsed().toFixed(1)} s`,
  );
  return endpoint;
}
