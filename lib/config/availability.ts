/** What a config may ask for although this version can't do it yet: said when it is read, refused when it is needed. */

import { UserError } from "../core/mod.ts";
import type { Config, Experiment, Frozen } from "./config.ts";
import { availableDeployers, deployerOf } from "./deployment_script.ts";
import { availablePredictors, predictorOf } from "./inference_script.ts";

const needsDeployers = ["2_deploy_model"];
const needsPredictors = ["2_deploy_model", "3_run_inference"];

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
  const asked = (names: readonly string[]) => steps.some((step) => names.includes(step));
  const lacking = experiments.flatMap((experiment) => [
    ...(asked(needsDeployers) ? lackOfDeployer(experiment) : []),
    ...(asked(needsPredictors) ? lackOfPredictor(experiment) : []),
  ]);
  if (lacking.length === 0) return;
  throw new UserError({
    action: "run",
    thing: general.name,
    found: `${lacking.join(", ")} in this version`,
    expected: `inference_script: ${availablePredictors.join(" or ")}, and ${
      ["a simulate: section", ...availableDeployers.map((name) => `deployment_script: ${name}`)].join(" or ")
    } or deploy: no with the URL of a running endpoint in ep_name`,
    remedy: "Change these experiments, or switch the steps 2 and 3 off.",
  });
}

function lackOfDeployer({ name, deploy, simulate, deployment_script }: Frozen<Experiment>): string[] {
  if (!deploy || simulate !== null || deployment_script === undefined) return [];
  return deployerOf(deployment_script)?.available
    ? []
    : [`"${name}" can't be deployed by ${deployment_script}`];
}

function lackOfPredictor({ name, inference_script }: Frozen<Experiment>): string[] {
  return predictorOf(inference_script)?.available
    ? []
    : [`"${name}" can't be asked through ${inference_script}`];
}
