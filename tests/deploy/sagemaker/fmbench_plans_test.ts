/** What becomes of FMBench's own configs for SageMaker: a plan each, or one precise reason why there is none. */

import { deepEqual } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { UserError } from "../../../lib/core/mod.ts";
import { planDeployment } from "../../../lib/deploy/mod.ts";
import { deployable } from "../../../lib/pipeline/steps/deployable.ts";
import { fmbenchAtHand, withFmbenchConfigs } from "../../config/fmbench_folder.ts";
import { planned as run } from "../scene.ts";

const byJumpStart = (model: string, type: string) => [`SageMaker endpoint by JumpStart, 1 x ${type}`, model];
/** @param model what serving.properties say, or are made to say */
const byDjl = (model: string, type: string) => [`SageMaker endpoint by DJL Serving, 1 x ${type}`, model];

/** By the file, without what all names have in common: what runs where, and which model it loads. */
const planned: Readonly<Record<string, readonly (readonly string[])[]>> = {
  "embeddings/bge-base-en-v1-5-c5-embeddings": [
    byJumpStart("huggingface-sentencesimilarity-bge-base-en-v1-5", "ml.c5.xlarge"),
    byJumpStart("huggingface-sentencesimilarity-bge-base-en-v1-5", "ml.c5.2xlarge"),
    byJumpStart("huggingface-sentencesimilarity-bge-base-en-v1-5", "ml.c5.4xlarge"),
  ],
  "llama2/13b/config-bedrock-sagemaker-llama2": [
    byDjl("meta-llama/Llama-2-13b-chat-hf", "ml.p4d.24xlarge"),
  ],
  "llama2/70b/config-llama2-70b-g5-p4d-trt": [
    byJumpStart("meta-textgeneration-llama-2-70b-f", "ml.g5.48xlarge"),
    byDjl("meta-llama/Llama-2-70b-hf", "ml.p4d.24xlarge"),
  ],
  "llama2/70b/config-llama2-70b-inf2-g5": [
    byJumpStart("meta-textgeneration-llama-2-70b-f", "ml.g5.48xlarge"),
    byJumpStart("meta-textgenerationneuron-llama-2-70b-f", "ml.inf2.48xlarge"),
  ],
  "llama2/7b/config-llama2-7b-g4dn-g5-trt": [
    byJumpStart("meta-textgeneration-llama-2-7b-f", "ml.g5.12xlarge"),
    byDjl("s3://own/meta-llama/Llama-2-7b-hf", "ml.g4dn.12xlarge"),
  ],
  "llama2/7b/config-llama2-7b-g5-no-s3-quick": [
    byJumpStart("meta-textgeneration-llama-2-7b-f", "ml.g5.xlarge"),
    byJumpStart("meta-textgeneration-llama-2-7b-f", "ml.g5.2xlarge"),
  ],
  "llama3.1/8b/config-llama3.1-8b-g5": [
    byDjl("s3://own/meta-llama/Llama-3.1-8B-Instruct", "ml.g5.12xlarge"),
    byDjl("s3://own/meta-llama/Llama-3.1-8B-Instruct", "ml.g5.24xlarge"),
    byDjl("s3://own/meta-llama/Llama-3.1-8B-Instruct", "ml.g5.48xlarge"),
  ],
  "llama3/70b/config-llama3-70b-instruct-g5-p4d": [
    byJumpStart("meta-textgeneration-llama-3-70b-instruct", "ml.g5.48xlarge"),
    byJumpStart("meta-textgeneration-llama-3-70b-instruct", "ml.p4d.24xlarge"),
  ],
  "llama3/8b/config-llama3-8b-inf2-g5-byoe-w-openorca": [
    byJumpStart("meta-textgeneration-llama-3-8b-instruct", "ml.g5.12xlarge"),
  ],
  "llama3/8b/config-llama3-8b-instruct-g5-p4d": [
    byJumpStart("meta-textgeneration-llama-3-8b-instruct", "ml.g5.12xlarge"),
    byJumpStart("meta-textgeneration-llama-3-8b-instruct", "ml.p4d.24xlarge"),
  ],
  "llama3/8b/config-llama3-8b-instruct-g6-24xl": [
    byDjl("meta-llama/Meta-Llama-3-8B-Instruct", "ml.g6.24xlarge"),
  ],
  "llama3/8b/config-llama3-8b-instruct-p4d-djl-lmi-dist": [
    byJumpStart("meta-textgeneration-llama-3-8b-instruct", "ml.p4d.24xlarge"),
  ],
  "llama3/8b/config-llama3-8b-trn1": [
    [
      "SageMaker endpoint by a container of its own, 1 x ml.trn1.32xlarge",
      "meta-textgenerationneuron-llama-3-8b-instruct",
    ],
  ],
  "llama3/8b/llama3-8b-trn1-32xl-byoe-g5-24xl": [
    byJumpStart("meta-textgeneration-llama-3-8b-instruct", "ml.g5.24xlarge"),
  ],
  "mistral/config-mistral-instruct-v1-p5-trtllm": [
    byDjl("mistralai/Mistral-7B-Instruct-v0.1", "ml.p5.48xlarge"),
  ],
  "mistral/config-mistral-instruct-v2-p4d-trtllm": [
    byDjl("mistralai/Mistral-7B-Instruct-v0.2", "ml.p4d.24xlarge"),
  ],
};

const compile = (name: string, model: string, type: string, image: string, place: string) =>
  `Cannot deploy to SageMaker "${name}": a model for Neuron is compiled before it is deployed, and neither model_s3_path ` +
  `nor model_data says where the compiled one lies; expected model_s3_path: ${place}/. If it lies there already, write that. ` +
  `Else, on an instance ${type} of EC2, in a folder \`model\` with serving.properties (option.model_id=${model}): ` +
  '`docker run --rm --device /dev/neuron0 -v "$PWD/model:/opt/ml/input/data/training" ' +
  `763104351884.dkr.ecr.us-east-1.amazonaws.com/djl-inference:${image} partition --save-mp-checkpoint-path ` +
  "/opt/ml/input/data/training/compiled` (one --device for each /dev/neuron*), then " +
  `\`aws s3 cp --recursive model/compiled ${place}/\`.`;

/** FMBench compiles in step 2, on the machine that it runs on. */
const refused: Readonly<Record<string, string>> = {
  "llama3/70b/config-ec2-neuron-llama3-70b-inf2-48xl-deploy-sm": compile(
    "llama3-70b-instruct",
    "meta-llama/Meta-Llama-3-70b-Instruct",
    "inf2.48xlarge",
    "0.29.0-neuronx-sdk2.19.1",
    "s3://own/lmi/Meta-Llama-3-70b-Instruct/Meta-Llama-3-70b-Instruct-split",
  ),
  "llama3/8b/config-ec2-llama3-8b-neuron-trn1-32xl-tp16-sm": compile(
    "llama-3-8b-instruct-trn1-djl-inference:0.27.0-neuronx-sdk2.18.1",
    "meta-llama/Meta-Llama-3-8B-Instruct",
    "trn1.32xlarge",
    "0.29.0-neuronx-sdk2.19.1",
    "s3://own/lmi/Meta-Llama-3-8B-Instruct/Meta-Llama-3-8B-Instruct-split",
  ),
  "llama3/8b/config-ec2-neuron-llama3-8b-inf2-24xl-deploy-sm": compile(
    "llama3-8b-instruct",
    "meta-llama/Meta-Llama-3-8B-Instruct",
    "inf2.24xlarge",
    "0.28.0-neuronx-sdk2.18.2",
    "s3://own/lmi/Meta-Llama-3-8B-Instruct/Meta-Llama-3-8B-Instruct-split",
  ),
};

/** Configs that are refused as such: see tests/config/fmbench_configs_test.ts. */
const unreadable = [
  "embeddings/bge-base-en-v1-5-g5-g4dn-c7-embeddings",
  "llama3.1/8b/config-llama3-1-8b-g5.12xlarge-djl-lmi-sm",
  "llama3.1/8b/config-llama3-1-8b-p5en-djl",
];

const scripts =
  /deployment_script: (jumpstart|sagemaker_deploy|deploy_w_djl_serving|deploy_w_hf_tgi|neuron_deploy)\.py/;

Deno.test({
  name: "FMBench's configs for SageMaker get a plan, or one reason why there is none",
  ignore: !fmbenchAtHand,
  fn: () =>
    withFmbenchConfigs(async (configs) => {
      const plans: Record<string, string[][]> = {};
      const refusals: Record<string, string> = {};
      for (const { name: file, path, load } of configs) {
        if (
          !scripts.test(readFileSync(path, "utf8")) || unreadable.includes(file.replace(".yml", ""))
        ) continue;
        const roleArn = "arn:aws:iam::123456789012:role/fmbench";
        const { config } = await load({ env: { AWS_REGION: "us-east-1" }, roleArn, writeBucket: "own" });
        for (const configured of config.experiments) {
          const experiment = deployable(config, configured);
          if (!experiment.deployment?.script.startsWith("sagemaker_")) continue;
          const key = file.replace(".yml", "");
          try {
            const { target, actions } = await planDeployment(experiment, run);
            const properties = actions.find(({ what }) => what === "serving.properties")?.detail;
            const said = /^option\.model_id=(.*)$/m.exec(properties ?? "")?.[1];
            (plans[key] ??= []).push([target, said ?? experiment.model_id]);
            // Nothing that is to be filled in is left in it.
            deepEqual(/\{(\w+_bucket|region|role_arn)\}/.exec(JSON.stringify(actions)), null, file);
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
