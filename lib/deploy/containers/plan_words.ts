/** A plan in words: what it is, what it needs, and what a person should know. */

import type { Image } from "./containers_plan.ts";
import type { Shares } from "./copies.ts";
import { ecrRegistry, imageNamed, isFloating } from "./image.ts";
import type { ParticularKey, Server, Setting } from "./server.ts";

/** `DJL Serving, 4 copies on 2 GPUs each, behind nginx`. */
export function titleOf(
  { title, can_decide }: Server,
  { shares, degree }: Shares,
  { machine: { kind }, spec: { container } }: Setting,
  balanced: boolean,
): string {
  const unit = kind === "gpu" ? "GPU" : "Neuron core";
  const over = `${degree} ${unit}${degree === 1 ? "" : "s"}`;
  const one = shares[0];
  if (can_decide && container.model_copies === "auto") {
    return `${title}, one container on the whole machine, which makes copies of its own over ${over} each`;
  }
  const on = kind !== "cpu" ? over : one?.cpus === null ? "all processors" : `${one?.core_count} cores`;
  if (shares.length === 1) return `${title}, one copy on ${on}`;
  return `${title}, ${shares.length} copies on ${on} each${balanced ? ", behind nginx" : ""}`;
}

/** What must be there before anything is run. */
export function needsOf({ machine, spec }: Setting, image: Image, hub: boolean): string[] {
  const ecr = ecrRegistry(image.image);
  return [
    spec.ec2.container_engine ?? "docker or podman",
    ...machine.kind === "gpu" ? ["NVIDIA's driver and container toolkit"] : [],
    ...machine.kind === "neuron" ? ["the Neuron driver"] : [],
    ...ecr === null ? [] : [`AWS credentials that may pull from ECR in ${ecr.region}`],
    ...image.source === "local" ? [`the image ${image.image} on the machine`] : [],
    ...hub ? ["a Hugging Face token (HF_TOKEN) if the model is gated"] : [],
  ];
}

/** What an image's name does not say, what a container may do, and what of the config has no effect. */
export function notesOf({ image, source }: Image, { spec }: Setting, server: Server): string[] {
  const { image_uri, ec2 } = spec;
  const version = source === "local"
    ? `${image} is built on the machine: nobody else has the same`
    : isFloating(image)
    ? `${image} may be another image tomorrow: a version as its tag makes the run repeatable`
    : null;
  return [
    ...version === null ? [] : [version],
    ...imageNamed(image_uri) === null ? [`image_uri names no image: ${image} is run`] : [],
    ...ec2.privileged_mode
      ? ["containers are privileged (ec2.privileged_mode): they may do all that root may"]
      : [],
    ...idleKeys(spec, server).map((key) => `${key} has no effect on ${server.title}`),
  ];
}

function idleKeys({ container, serving_properties }: Setting["spec"], { reads }: Server): string[] {
  const written: Readonly<Record<ParticularKey, boolean>> = {
    batch_size: container.batch_size !== null,
    backend: container.backend !== null,
    container_params: Object.keys(container.container_params).length > 0,
    "serving.properties": (serving_properties?.trim() ?? "") !== "",
  };
  const keys = Object.keys(written) as ParticularKey[];
  return keys.filter((key) => written[key] && !reads.includes(key));
}
