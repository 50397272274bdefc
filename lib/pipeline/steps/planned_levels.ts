/** The levels of a run before its endpoints are there. */

import type { Endpoint } from "../../core/mod.ts";
import type { LevelSpec } from "../../load/mod.ts";
import type { StepContext } from "../context.ts";
import { levelsOf } from "./levels.ts";

/** The levels that all experiments ask for, to endpoints as the config describes them. */
export async function plannedLevels(step: StepContext): Promise<LevelSpec[]> {
  const levels: LevelSpec[] = [];
  for (const experiment of step.config.experiments) {
    levels.push(...await levelsOf(step, experiment, endpointOf(experiment)));
  }
  return levels;
}

function endpointOf(experiment: StepContext["config"]["experiments"][number]): Endpoint {
  const { name, ep_name, inference_script, model_id, instance_type, instance_count, region } = experiment;
  return {
    experiment_name: name,
    endpoint_name: ep_name,
    predictor: inference_script,
    url: experiment.deploy ? `${name}:${ep_name}` : ep_name,
    model_id,
    instance_type,
    instance_count,
    region,
    deployed: experiment.deploy,
    simulated: experiment.simulate !== null,
    api_key_env: experiment.inference_spec.api_key_env,
  };
}
