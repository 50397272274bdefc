import { deepEqual, equal } from "node:assert/strict";
import { deployerOf, knownDeploymentScripts } from "../../lib/config/deployment_script.ts";

Deno.test("every script that FMBench deploys with stands for a deployer of ours", () => {
  const scripts = [
    "jumpstart.py",
    "sagemaker_deploy.py",
    "deploy_w_djl_serving.py",
    "deploy_w_hf_tgi.py",
    "neuron_deploy.py",
    "ec2_deploy.py",
    "eks_deploy.py",
  ];
  const modules = scripts.map((name) => deployerOf(name)!.module);
  equal(new Set(modules).size, 7);
  for (const name of modules) equal(deployerOf(name)?.module, name);
  for (const name of scripts) equal(knownDeploymentScripts.includes(name), true);
});

Deno.test("a module of the user's own is a deployer, a script in Python that nobody knows is none", () => {
  deepEqual(deployerOf("mine.ts"), { module: "mine.ts", own: true });
  deepEqual([deployerOf("mine.py"), deployerOf("")], [null, null]);
});
