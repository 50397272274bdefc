/** What the tests of this folder launch. */

import type { DeploymentSpec, LaunchSpec } from "../../../lib/core/mod.ts";
import type { Experiment } from "../../../lib/deploy/mod.ts";
import { experiment, nothingSaid } from "../scene.ts";

export const launch: LaunchSpec = {
  ami: null,
  subnet_id: null,
  security_group_ids: [],
  caller_cidr: "203.0.113.7/32",
  instance_profile: null,
  volume_gb: null,
  spot: false,
  port: null,
  user_data: null,
  hf_token_parameter: null,
  health_path: null,
};

const deployment: DeploymentSpec = {
  ...nothingSaid,
  script: "ec2_container",
  image_uri: "vllm/vllm-openai:v0.9.1",
  container: { ...nothingSaid.container, type: "vllm_gpu", tp_degree: 1 },
  ec2: { ...nothingSaid.ec2, launch },
};

/** What the tests change of an experiment: its own keys, its `ec2.launch`, its container, the rest of its deployment. */
export interface Changes {
  readonly own?: Partial<Experiment>;
  readonly launch?: Partial<LaunchSpec>;
  readonly container?: Partial<DeploymentSpec["container"]>;
  readonly deployment?: Partial<DeploymentSpec>;
}

/** An experiment on an instance with one GPU in us-east-1. */
export function launched(changes: Changes = {}): Experiment {
  return {
    ...experiment,
    name: "llama 8B",
    model_id: "org/llama-8b",
    ep_name: "http://127.0.0.1:8080/v1",
    instance_type: "g5.2xlarge",
    region: "us-east-1",
    simulate: null,
    ...changes.own,
    deployment: {
      ...deployment,
      ...changes.deployment,
      container: { ...deployment.container, ...changes.container },
      ec2: { ...deployment.ec2, launch: { ...launch, ...changes.launch } },
    },
  };
}
