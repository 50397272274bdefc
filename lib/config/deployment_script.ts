/** Which deployer a `deployment_script` stands for. */

import { knownScripts, type Script, type ScriptNames, scriptOf } from "./script.ts";

const names: ScriptNames = {
  ours: ["local_process"],
  fmbench: {
    "jumpstart.py": "sagemaker_jumpstart",
    "sagemaker_deploy.py": "sagemaker_model",
    "deploy_w_djl_serving.py": "sagemaker_djl",
    "deploy_w_hf_tgi.py": "sagemaker_tgi",
    "neuron_deploy.py": "sagemaker_neuron",
    "ec2_deploy.py": "ec2_container",
    "eks_deploy.py": "kubernetes",
  },
};

/** All names that `deployment_script` may have, apart from the user's own modules. */
export const knownDeploymentScripts: readonly string[] = knownScripts(names);

/** The deployer behind a `deployment_script`; null when there is none of that name. */
export function deployerOf(deploymentScript: string): Script | null {
  return scriptOf(deploymentScript, names);
}
