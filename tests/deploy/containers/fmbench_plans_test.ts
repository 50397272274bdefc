/** What becomes of FMBench's own configs for EC2: a plan each, or one precise reason why there is none. */

import { deepEqual } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { UserError } from "../../../lib/core/mod.ts";
import { containersPlan, hostPort } from "../../../lib/deploy/containers/containers_plan.ts";
import { deployable } from "../../../lib/pipeline/steps/deployable.ts";
import { fmbenchAtHand, withFmbenchConfigs } from "../../config/fmbench_folder.ts";
import { machine, run } from "./experiment.ts";

const ollama = "Ollama, one copy on 1 GPU";
const djl = (layout: string) => `DJL Serving, ${layout}`;
const vllmCpu = "vLLM on processors, one copy on all processors";

/** By the file, without what all names have in common. */
const planned: Readonly<Record<string, string>> = {
  "deepseek/config-deepseek-r1-ollama": ollama,
  "llama3.1/70b/config-ec2-llama3-1-70b-p4de.24xl-deploy-ec2-summarization": djl("one copy on 8 GPUs"),
  "llama3.1/70b/config-llama3-1-70b-g5.48xl-tp-8-mc-max-djl": djl("one copy on 8 GPUs"),
  "llama3.1/8b/config-ec2-llama3-1-8b-inf2-48xl-deploy-ec2-tp24-bs12": djl("one copy on 24 Neuron cores"),
  "llama3.1/8b/config-ec2-llama3-1-8b-p4-tp-8-mc-max": djl("one copy on 8 GPUs"),
  "llama3.1/8b/config-ec2-llama3-1-8b-trn1-32xl-deploy-ec2-tp32-bs8": djl("one copy on 32 Neuron cores"),
  "llama3.1/8b/config-llama3.1-8b-g5-ec2": djl("one copy on 1 GPU"),
  "llama3.1/8b/config-llama3.1-8b-g5.12xl-tp-2-mc-max-ec2": djl("2 copies on 2 GPUs each"),
  "llama3.1/8b/config-llama3.1-8b-g5.24xl-tp-2-mc-auto-ec2": djl(
    "one container on the whole machine, which makes copies of its own over 2 GPUs each",
  ),
  "llama3.1/8b/config-llama3.1-8b-g5.2xl-tp-1-mc-max-ec2-conc-1-2": djl("one copy on 1 GPU"),
  "llama3.1/8b/config-llama3.1-8b-g5.48xl-tp-2-mc-max-ec2": djl("4 copies on 2 GPUs each"),
  "llama3.1/8b/config-llama3.1-8b-g5.48xl-tp-8-mc-max-ec2": djl("one copy on 8 GPUs"),
  "llama3.1/8b/config-llama3.1-8b-g6e.12xl-tp-2-mc-max-djl": djl("2 copies on 2 GPUs each"),
  "llama3.1/8b/config-llama3.1-8b-g6e.2xl-ollama": ollama,
  // 12 devices of 2 cores: 24 cores, 8 for each.
  "llama3.1/8b/server-config-ec2-llama3-1-8b-inf2-48xl-deploy-ec2": djl("3 copies on 8 Neuron cores each"),
  "llama3.2/11b/config-llama3.2-11b-g6e-2xl-tp-1-mc-max-djl-vllm-ec2": djl("one copy on 1 GPU"),
  "llama3.2/1b/config-llama3.2-1b-g5.4xl-tp-1-mc-max-djl-ec2": djl("one copy on 1 GPU"),
  "llama3.2/1b/config-llama3.2-1b-g6e.2xl-tp-1-mc-max-djl": djl("one copy on 1 GPU"),
  "llama3.2/1b/config-llama3.2-1b-m5-16xlarge-ec2": vllmCpu,
  "llama3.2/3b/config-llama3.2-3b-g5.4xl-tp-1-mc-max-djl-ec2": djl("one copy on 1 GPU"),
  "llama3/70b/config-ec2-llama3-70b-instruct": djl("one copy on 8 GPUs"),
  "llama3/8b/config-ec2-llama3-8b": djl("one copy on 1 GPU"),
  "llama3/8b/config-ec2-llama3-8b-c5-18xlarge": vllmCpu,
  "llama3/8b/config-ec2-llama3-8b-g6e-2xlarge": djl("one copy on 1 GPU"),
  "llama3/8b/config-ec2-llama3-8b-m5-16xlarge": vllmCpu,
  "llama3/8b/config-ec2-llama3-8b-m7i-16xlarge": vllmCpu,
  "llama3/8b/config-ec2-llama3-8b-p4d-tp-2-mc-max": djl("4 copies on 2 GPUs each"),
  "llama3/8b/config-ec2-llama3-8b-p5-tp-2-mc-max": djl("4 copies on 2 GPUs each"),
  "llama3/8b/config-ec2-llama3-8b-p5-tp-8-mc-auto": djl(
    "one container on the whole machine, which makes copies of its own over 8 GPUs each",
  ),
  "llama3/8b/config-llama3-8b-g5.12xl-tp-4-mc-max-djl-ec2": djl("one copy on 4 GPUs"),
  "llama3/8b/config-llama3-8b-g6e.12xl-tp-4-mc-max-djl-ec2": djl("one copy on 4 GPUs"),
  "llama3/8b/config-llama3-8b-g6e.24xl-tp-2-mc-max-djl-ec2": djl("2 copies on 2 GPUs each"),
  "llama3/8b/config-llama3-8b-g6e.48xl-tp-2-mc-max-djl-ec2": djl("4 copies on 2 GPUs each"),
  "llama3/8b/config-llama3-8b-g6e.48xl-tp-4-mc-max-djl-ec2": djl("2 copies on 4 GPUs each"),
  "llama3/8b/config-llama3-8b-g6e.4xl-tp-1-mc-max-djl-ec2": djl("one copy on 1 GPU"),
  "llama3/8b/config-llama3-8b-trn1-32xl-tp16-bs-4-ec2": djl("2 copies on 16 Neuron cores each"),
  "mistral/config-mistral-trn1-32xl-deploy-ec2-tp32": djl("one copy on 32 Neuron cores"),
};

const cannot = (name: string, why: string) => `Cannot run containers for "${name}": ${why}`;
/** FMBench converts and compiles at every start, with the code for Llama of a checkout. */
const noEngine = (degree: number) =>
  cannot(
    "Meta-Llama-3-8B-Instruct",
    "its image builds no TensorRT engine when it starts. Build it once in that image: `python3 " +
      "tensorrtllm_backend/tensorrt_llm/examples/llama/convert_checkpoint.py --model_dir MODEL --output_dir CHECKPOINT " +
      `--dtype float16 --tp_size ${degree}\`, then \`trtllm-build --checkpoint_dir CHECKPOINT --output_dir ENGINE ` +
      "--gemm_plugin float16 --max_batch_size N`; write the path of ENGINE into container_params.engine_dir. Or, with an " +
      "image ...-vllm-python-py3, write inference_spec.backend: vllm.",
  );
/** FMBench copies a file of its own into each container, and installs DJL's and vLLM's code at every start. */
const noHandler = (name: string) =>
  cannot(
    name,
    "no file says how Triton's Python backend calls DJL's handler. Write the path of that model.py into " +
      "container_params.model_py (FMBench has one for an image with djl_python, src/fmbench/scripts/triton/djl/model.py), " +
      "or inference_spec.backend: vllm.",
  );

const refused: Readonly<Record<string, string>> = {
  "NousResearchHermes70B/config-Nous-Hermes3-1-70b-inf2.48xl-triton-tp24": noHandler(
    "Hermes-3-Llama-3.1-70B",
  ),
  "NousResearchHermes70B/config-Nous-Hermes3-1-70b-trn1.32xl-deploy-ec2-triton": noHandler(
    "Hermes-3-Llama-3.1-70B",
  ),
  "llama3.1/70b/config-llama3-1-7b-inf2.48xl-triton-ec2": noHandler("Llama-3.1-70b-Instruct"),
  // It has neither `backend` nor `container_params`; FMBench finds no script to start.
  "llama3.1/8b/config-llama3.1-8b-trn32xl-triton-vllm": cannot(
    "Meta-Llama-3-8B-Instruct-triton",
    "inference_spec.backend does not say what Triton runs on Neuron devices. Write inference_spec.backend: vllm, or djl.",
  ),
  "llama3/8b/config-llama3-8b-g5.4xl-tp-1-mc-max-triton-ec2": noEngine(1),
  "llama3/8b/config-llama3-8b-g6e.12xl-tp-4-mc-max-triton-ec2": noEngine(4),
  "llama3/8b/config-llama3-8b-g6e.24xl-tp-2-mc-max-triton-ec2": noEngine(2),
  "llama3/8b/config-llama3-8b-g6e.2xl-tp-1-mc-max-triton-ec2": noEngine(1),
  "llama3/8b/config-llama3-8b-g6e.48xl-tp-8-mc-max-triton-ec2": noEngine(8),
  "llama3/8b/config-llama3-8b-g6e.4xl-tp-1-mc-max-triton-ec2": noEngine(1),
  "llama3/8b/config-llama3-8b-g6e.xl-tp-1-mc-max-triton-ec2": noEngine(1),
  // vLLM would not start: it asks for twice the GPUs of the instance type that it names.
  "llama4/config-llama4-scout-17b-g6e-openorca-vllm": cannot(
    "meta-llama/Llama-4-Scout-17B-16E-Instruct",
    "a copy over 8 GPUs does not fit g6e.12xlarge, which has 4 GPUs. Write 4 or less in --tensor-parallel-size of " +
      "cli_params, or another instance_type.",
  ),
};

Deno.test({
  name: "FMBench's configs for EC2 get a plan for containers, or one reason why there is none",
  ignore: !fmbenchAtHand,
  fn: () =>
    withFmbenchConfigs(async (configs) => {
      const plans: Record<string, string> = {};
      const refusals: Record<string, string> = {};
      for (const { name: file, path, load } of configs) {
        if (!readFileSync(path, "utf8").includes("deployment_script: ec2_deploy.py")) continue;
        const { config } = await load();
        for (const configured of config.experiments) {
          const experiment = deployable(config, configured);
          if (experiment.deployment?.script !== "ec2_container") continue;
          const key = file.replace(".yml", "");
          try {
            const at = { first: hostPort(experiment) };
            plans[key] = containersPlan(experiment, machine(experiment.instance_type), at, run).target;
          } catch (error) {
            if (!(error instanceof UserError)) throw new Error(`${file} crashes`, { cause: error });
            refusals[key] = error.message;
          }
        }
      }
      deepEqual(refusals, refused);
      deepEqual(plans, planned);
    }),
});
