/** Models for Neuron are compiled on a machine with Neuron devices before they are deployed. */

import type { DeploymentSpec, UserError } from "../../core/mod.ts";
import type { Experiment } from "../deployer.ts";
import { refusal } from "./refusal.ts";

/**
 * Says how to come by what is missing. `partition` is the entry point of AWS's LMI images that compiles what serving.properties
 * describes.
 */
export function neuronRefusal(
  { name, model_id, instance_type }: Experiment,
  spec: DeploymentSpec,
): UserError {
  const said = /^\s*option\.model_id\s*=\s*(s3:\S+)\s*$/m.exec(spec.serving_properties ?? "")?.[1];
  const place = said?.replace(/\/+$/, "").replace("{write_bucket}", spec.bucket ?? "BUCKET") ??
    `s3://${spec.bucket ?? "BUCKET"}/${spec.prefix ?? "compiled"}/${slug(name)}`;
  const type = instance_type.replace(/^ml\./, "");
  return refusal(
    name,
    "a model for Neuron is compiled before it is deployed, and neither model_s3_path nor model_data says where the compiled one lies",
    `model_s3_path: ${place}/`,
    `If it lies there already, write that. Else, on an instance ${type} of EC2, in a folder \`model\` with serving.properties ` +
      `(option.model_id=${
        said === undefined ? modelOf(spec) ?? model_id : model_id
      }): \`docker run --rm --device /dev/neuron0 -v "$PWD/model:/opt/ml/input/data/training" ` +
      `${
        spec.image_uri ?? "IMAGE"
      } partition --save-mp-checkpoint-path /opt/ml/input/data/training/compiled\` ` +
      `(one --device for each /dev/neuron*), then \`aws s3 cp --recursive model/compiled ${place}/\`.`,
  );
}

/** What needs no quotes in a shell. */
const slug = (name: string) => name.toLowerCase().replace(/[^a-z0-9.]+/g, "-").replace(/^-+|-+$/g, "");

function modelOf({ serving_properties }: DeploymentSpec): string | undefined {
  return /^\s*option\.model_id\s*=\s*(\S+)\s*$/m.exec(serving_properties ?? "")?.[1];
}
