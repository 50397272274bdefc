/** What a config may ask for although this version can't do it yet: said when it is read, refused when it is needed. */

import { UserError } from "../core/mod.ts";
import type { Config, Experiment, Frozen } from "./config.ts";
import { availableDeployers, deployerOf } from "./deployment_script.ts";

const needsDeployers = "2_deploy_model";

/**
 * Refuses what this version can't do in the steps that are to run.
 *
 * @param steps names without `.ipynb`
 * @throws {UserError} naming every experiment with what is missing for it
 */
export function requireAvailable(
  { general, experiments }: Pick<Config, "general" | "experiments">,
  steps: readonly string[],
): void {
  const lacking = steps.includes(needsDeployers) ? experiments.flatMap(lackOfDeployer) : [];
  if (lacking.length === 0) return;
  const deployers = [
    "a simulate: section",
    ...availableDeployers.map((name) => `deployment_script: ${name}`),
  ];
  throw new UserError({
    action: "run",
    thing: general.name,
    found: `${lacking.join(", ")} in this version`,
    expected: `${deployers.join(" or ")}, or deploy: no with a running endpoint in ep_name`,
    remedy: "Change these experiments, or switch step 2 off.",
  });
}

function lackOfDeployer({ name, deploy, simulate, deployment_script }: Frozen<Experiment>): string[] {
  if (!deploy || simulate !== null || deployment_script === undefined) return [];
  return deployerOf(deployment_script)?.available
    ? []
    : [`"${name}" can't be deployed by ${deployment_script}`];
}
