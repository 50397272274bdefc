/** Step 2: an endpoint for every experiment. */

import { requireAvailable } from "../../config/mod.ts";
import type { Endpoint } from "../../core/mod.ts";
import { deploy, type Experiment, writeEndpoints } from "../../deploy/mod.ts";
import { attempt, count, type StepContext } from "../context.ts";
import { table } from "../table.ts";
import { bringPrompts } from "./prompts.ts";

/**
 * Deploys, or notes, the endpoint of every experiment and writes `models/endpoints.json`.
 *
 * @returns a table of the endpoints
 */
export function deployModels(step: StepContext): Promise<string> {
  return attempt(step, async () => {
    const { experiments } = step.config;
    requireAvailable(step.config, ["2_deploy_model"]);
    if (experiments.some(({ simulate }) => simulate !== null)) await bringPrompts(step);
    const endpoints: Endpoint[] = [];
    for (const experiment of experiments) {
      count(step, experiment.name, endpoints.length, experiments.length);
      endpoints.push(
        await deploy(deployable(experiment), {
          run_dir: step.run.paths.root,
          log: (message) => step.log("info", message),
        }),
      );
      await writeEndpoints(step.run.paths.root, endpoints);
    }
    count(step, "endpoints", endpoints.length, experiments.length);
    const rows = endpoints.map((endpoint) => [
      endpoint.experiment_name,
      endpoint.model_id,
      endpoint.instance_type,
      endpoint.url,
      endpoint.simulated
        ? "simulated endpoint, started"
        : endpoint.deployed
        ? "deployed"
        : "brought, never removed",
    ]);
    return table(["experiment", "model", "instance type", "URL", "state"], rows);
  });
}

function deployable(experiment: StepContext["config"]["experiments"][number]): Experiment {
  const { name, model_id, ep_name, instance_type, instance_count, deploy, region, simulate } = experiment;
  const { predictor, protocol_options, inference_spec: { api_key_env, inference_url_format } } = experiment;
  return {
    ...{ name, model_id, ep_name, instance_type, instance_count, deploy, region, simulate },
    ...{ predictor, api_key_env },
    ...(Object.keys(protocol_options).length === 0 ? {} : { options: protocol_options }),
    ...(inference_url_format === undefined ? {} : { url_format: inference_url_format.replace(/^\/+/, "") }),
  };
}
