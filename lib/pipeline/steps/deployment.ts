/** Step 2: an endpoint for every experiment. */

import { type Endpoint, messageOf, showDuration, showMoney, UserError } from "../../core/mod.ts";
import {
  deployAll,
  type DeploymentFailure,
  hourlyCost,
  runningCosts,
  writeEndpoints,
} from "../../deploy/mod.ts";
import { attempt, count, type StepContext } from "../context.ts";
import { checkDeployments } from "../deployment_plans.ts";
import { table } from "../table.ts";
import { deployable, deployContext } from "./deployable.ts";
import { bringPrompts } from "./prompts.ts";

/**
 * Deploys, or notes, the endpoint of every experiment and writes `models/endpoints.json`. What is refused is refused before anything is
 * created. One that fails stops no other; the step fails at the end, unless `deployment.continue_without_failed` says otherwise and
 * another one answers.
 *
 * @returns a table of the endpoints
 */
export function deployModels(step: StepContext): Promise<string> {
  return attempt(step, async () => {
    const { config, loaded, run } = step;
    const { experiments } = config;
    await checkDeployments(loaded, run.id);
    if (experiments.some(({ simulate }) => simulate !== null)) await bringPrompts(step);
    count(step, "endpoints", 0, experiments.length);
    const { endpoints, failures } = await deployAll(
      experiments.map((experiment) => deployable(config, experiment)),
      ({ name }) => deployContext(step, experiments.find((experiment) => experiment.name === name)!),
      {
        async onEndpoint({ experiment_name }, all) {
          await writeEndpoints(run.paths.root, all);
          count(step, experiment_name, all.length, experiments.length);
        },
      },
    );
    for (const { experiment_name, message } of failures) step.log("error", `${experiment_name}: ${message}`);
    if (failures.length > 0 && !(config.deployment.continue_without_failed && endpoints.length > 0)) {
      throw failed(failures, experiments.length);
    }
    await writeEndpoints(run.paths.root, endpoints);
    return [endpointTable(endpoints, failures), hourlyWords(run.paths.root)].filter((part) => part !== null)
      .join("\n\n");
  });
}

/** One failure speaks for itself; several are listed. */
function failed(failures: readonly DeploymentFailure[], all: number): unknown {
  if (failures.length === 1) return failures[0]!.error;
  return new UserError(
    [
      `Cannot deploy ${failures.length} of ${all} experiments.`,
      ...failures.map(({ experiment_name, error }) => `  - ${experiment_name}: ${messageOf(error)}`),
    ].join("\n"),
  );
}

function endpointTable(endpoints: readonly Endpoint[], failures: readonly DeploymentFailure[]): string {
  const rows = endpoints.map((endpoint) => [
    endpoint.experiment_name,
    endpoint.model_id,
    endpoint.instance_type,
    endpoint.url,
    endpoint.replicas?.length ?? 1,
    endpoint.ready_after_s === undefined ? "–" : showDuration(endpoint.ready_after_s * 1000),
    stateOf(endpoint),
  ]);
  return table(
    ["experiment", "model", "instance type", "URL", "copies", "ready after", "state"],
    [
      ...rows,
      ...failures.map((
        { experiment_name, message },
      ) => [experiment_name, "", "", "", 0, "–", `failed: ${message}`]),
    ],
  );
}

function stateOf({ simulated, deployed }: Endpoint): string {
  if (simulated) return "simulated endpoint, started";
  return deployed ? "deployed" : "brought, never removed";
}

/** What runs costs by the hour until it is removed; null where nothing does. */
function hourlyWords(run_dir: string): string | null {
  const costs = runningCosts(run_dir, new Date());
  if (costs.length === 0) return null;
  const hourly = hourlyCost(costs);
  return hourly === null
    ? "What this costs an hour is not known: there is no price for some of it. It goes on until step 6 removes it."
    : `This costs ${showMoney(hourly, costs[0]!.billing.currency)} an hour until step 6 removes it.`;
}
