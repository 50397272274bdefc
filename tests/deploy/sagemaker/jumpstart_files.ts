/** Files as JumpStart's bucket has them, of a made-up model. */

import type { JumpStartFile } from "../../../lib/deploy/sagemaker/jumpstart_file.ts";

export const manifest = ["2.0.0", "3.9.0", "3.10.0"].map((version) => ({
  model_id: "maker-text-small",
  version,
  min_version: "2.189.0",
  spec_key: `community_models/maker-text-small/specs_v${version}.json`,
}));

export function specOf(): JumpStartFile {
  const image = (tag: number) => `763104351884.dkr.ecr.eu-west-1.amazonaws.com/server:${tag}`;
  return {
    hosting_ecr_specs: { framework: "huggingface-llm", framework_version: "1.4.2" },
    hosting_artifact_key: "maker/inference/v1/",
    hosting_prepacked_artifact_key: "maker/prepack/v1/",
    hosting_script_key: "scripts/sourcedir.tar.gz",
    hosting_use_script_uri: false,
    hosting_eula_key: "terms/maker.txt",
    inference_environment_variables: [
      { name: "WORKERS", default: 1, scope: "container" },
      { name: "MAX", default: "2048", scope: "container" },
      { name: "UNSET", default: null, scope: "container" },
    ],
    inference_enable_network_isolation: true,
    inference_volume_size: 256,
    default_inference_instance_type: "ml.p3.2xlarge",
    supported_inference_instance_types: ["ml.g5.12xlarge", "ml.p3.2xlarge"],
    deploy_kwargs: { model_data_download_timeout: 900, container_startup_health_check_timeout: 1200 },
    gated_bucket: true,
    hosting_instance_type_variants: {
      regional_aliases: { "eu-west-1": { old: image(1), new: image(2) }, "us-east-1": { old: "elsewhere" } },
      variants: {
        g5: {
          regional_properties: { image_uri: "$new" },
          properties: { environment_variables: { FAMILY: "g5", GPUS: "1" } },
        },
        p3: { regional_properties: { image_uri: "$old" } },
        "ml.g5.12xlarge": { properties: { environment_variables: { GPUS: 4, MAX: "4096" } } },
      },
    },
  };
}
