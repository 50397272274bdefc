/** Experiments that the tests of this area run in containers, and the machines for them. */

import type { ContainerSpec, DeploymentSpec } from "../../../lib/core/mod.ts";
import { type Machine, machineOfType } from "../../../lib/deploy/containers/containers_plan.ts";
import type { Experiment } from "../../../lib/deploy/mod.ts";
import { experiment as simulated, nothingSaid, planned } from "../scene.ts";

export const run = { run_id: planned.run_id, ownership: planned.ownership };

/** What a config would say, beside the container's own section. */
interface Written extends Partial<Omit<DeploymentSpec, "container">> {
  readonly ep_name?: string;
  readonly model_id?: string;
  readonly name?: string;
  readonly instance_type?: string;
}

/** An experiment with these keys, and this `inference_spec`. */
export function contained(spec: Partial<ContainerSpec>, written: Written = {}): Experiment {
  const { ep_name = "http://localhost:8080", model_id = "org/model", name = "small", ...rest } = written;
  const { instance_type = "g5.48xlarge", ...further } = rest;
  return {
    ...simulated,
    ...{ name, ep_name, model_id, instance_type },
    simulate: null,
    predictor: "openai_completions",
    deployment: {
      ...nothingSaid,
      script: "ec2_container",
      ...further,
      container: { ...nothingSaid.container, ...spec },
    },
  };
}

/** What an instance type has. */
export function machine(instance_type: string): Machine {
  const known = machineOfType(instance_type);
  if (known === null) throw new Error(`${instance_type} is not known`);
  return known;
}
