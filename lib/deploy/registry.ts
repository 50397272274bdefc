/** The deployment targets there are. */

import { type Endpoint, UserError } from "../core/mod.ts";
import { brought } from "./brought.ts";
import { containers } from "./containers/runtime/containers.ts";
import type { DeployContext, Deployer, Experiment, PlanContext } from "./deployer.ts";
import type { DeploymentPlan } from "./deployment_plan.ts";
import { instances } from "./instances/instances.ts";
import { localProcess } from "./processes/local_process.ts";
import { kubernetes } from "./kubernetes/kubernetes.ts";
import { ownScript } from "./own/own_deployer.ts";
import { sagemaker } from "./sagemaker/sagemaker.ts";
import { simulated } from "./simulated.ts";

/** Asked in this order; a new target is one module and one entry. */
export const deployers: readonly Deployer[] = [
  brought,
  simulated,
  localProcess,
  containers,
  kubernetes,
  sagemaker,
  instances,
  ownScript,
];

/** The deployer for an experiment. Throws UserError when no target fits. */
export function deployerFor(experiment: Experiment): Deployer {
  const deployer = deployers.find((candidate) => candidate.serves(experiment));
  if (deployer !== undefined) return deployer;
  throw new UserError({
    action: "deploy the experiment",
    thing: experiment.name,
    found: "no deployment target fits it",
    expected: "`deploy: no` with an endpoint in `ep_name`, a `deployment_script`, or a `simulate:` section",
  });
}

/** The deployer of a kind of resource; null for one that this program doesn't know. */
export function deployerOf(kind: string): Deployer | null {
  return deployers.find(({ kinds }) => kinds.includes(kind)) ?? null;
}

/**
 * What would be done for one experiment. Nothing is created.
 *
 * @throws {UserError} a refusal
 */
export function planDeployment(experiment: Experiment, context: PlanContext): Promise<DeploymentPlan> {
  return deployerFor(experiment).plan(experiment, context);
}

/** Brings one experiment's endpoint to the point where it answers. Throws UserError when it doesn't. */
export function deploy(experiment: Experiment, context: DeployContext): Promise<Endpoint> {
  return deployerFor(experiment).deploy(experiment, context);
}

/** Whether an endpoint can be reached now. */
export function isAlive(endpoint: Endpoint): Promise<boolean> {
  const { deployer, simulated: embedded } = endpoint;
  const target = deployers.find(({ name }) => name === deployer) ?? (embedded ? simulated : brought);
  return target.isAlive(endpoint);
}
