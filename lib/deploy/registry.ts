/** The deployment targets there are. */

import { type Endpoint, UserError } from "../core/mod.ts";
import { brought } from "./brought.ts";
import type { DeployContext, Deployer, Experiment } from "./deployer.ts";
import { simulated } from "./simulated.ts";

/** Asked in this order; a new target is one module and one entry. */
export const deployers: readonly Deployer[] = [brought, simulated];

/** The deployer for an experiment. Throws UserError when no target fits. */
export function deployerFor(experiment: Experiment): Deployer {
  const deployer = deployers.find((candidate) => candidate.serves(experiment));
  if (deployer !== undefined) return deployer;
  throw new UserError({
    action: "deploy the experiment",
    thing: experiment.name,
    found: "no deployment target fits it",
    expected: "`deploy: no` with the URL of an endpoint in `ep_name`, or a `simulate:` section",
  });
}

/** The deployer of a kind of resource; null for one that this program doesn't know. */
export function deployerOf(kind: string): Deployer | null {
  return deployers.find((candidate) => candidate.kind === kind) ?? null;
}

/** Brings one experiment's endpoint to the point where it answers. Throws UserError when it doesn't. */
export function deploy(experiment: Experiment, context: DeployContext): Promise<Endpoint> {
  return deployerFor(experiment).deploy(experiment, context);
}

/** Whether an endpoint can be reached now. */
export function isAlive(endpoint: Endpoint): Promise<boolean> {
  return (endpoint.simulated ? simulated : brought).isAlive(endpoint);
}
