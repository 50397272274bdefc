/** What is created for one experiment: all that the config says, worked out before anything of AWS is asked. */

import { type DeploymentSpec, protocolFacts, sha256 } from "../../core/mod.ts";
import type { Billing, Experiment, PlanContext } from "../deployer.ts";
import { showS3Address } from "../../storage/mod.ts";
import { resourceName, tagsOf } from "../ownership.ts";
import { type ContainerPlan, containerPlan } from "./container_plan.ts";
import { refusal } from "./refusal.ts";
import { type ConfigRequest, type EndpointRequest, type ModelRequest, tagList } from "./sagemaker_calls.ts";

export interface EndpointPlan {
  readonly experiment: string;
  /** Of the model, the endpoint configuration and the endpoint. */
  readonly name: string;
  readonly region: string;
  /** For people. */
  readonly target: string;
  readonly container: ContainerPlan;
  readonly accept_eula: boolean;
  /** Where the artefact with serving.properties is uploaded; null: there is none. */
  readonly artifact: { readonly bucket: string; readonly key: string } | null;
  readonly role_arn: string;
  readonly variant: string;
  readonly instance_type: string;
  readonly instance_count: number;
  /** How long the download of the model, and then the start of the container, may take; null: JumpStart's spec, or as long as SageMaker allows. */
  readonly container_timeout_s: number | null;
  readonly tags: Readonly<Record<string, string>>;
  /** The same for all that would be deployed in the same way. */
  readonly fingerprint: string;
  readonly billing: Billing;
  /** From the call that creates the endpoint to the state `InService`. */
  readonly ready_timeout_s: number;
  readonly needs: readonly string[];
}

/** Keys of the tags that say where a model's artefact and its snapshot lie, so that they are found without a ledger. */
export const artifactTag = "fmbench:artifact";
export const snapshotTag = "fmbench:snapshot";
/** SageMaker's own limits for either part of a container's start, in seconds. */
export const containerLimits = { least: 60, most: 3600 } as const;
/** SageMaker gives up by itself after two hours at most: download and start. */
const ready_timeout_s = 2 * containerLimits.most + 600;

/** What JumpStart's spec adds to the container, once it is read. */
export interface Completion {
  readonly image: string | null;
  readonly env: Readonly<Record<string, string>>;
  readonly data: ContainerPlan["data"];
  /** A model package of the marketplace in place of image and data. */
  readonly model_package_arn: string | null;
  readonly isolated: boolean;
  /** Of the instance's volume; null: as large as SageMaker makes it, or the instance has disks of its own. */
  readonly volume_gb: number | null;
  readonly startup_s: number | null;
}

const nothing: Completion = {
  image: null,
  env: {},
  data: null,
  model_package_arn: null,
  isolated: false,
  volume_gb: null,
  startup_s: null,
};

/** The plan of an experiment. Throws UserError: a refusal, and what to write. */
export function endpointPlan(experiment: Experiment, context: PlanContext): EndpointPlan {
  const { name, instance_type, instance_count, ep_name } = experiment;
  const spec = experiment.deployment!;
  checkPredictor(experiment);
  if (!/^ml\.[a-z0-9-]+\.[a-z0-9]+$/.test(instance_type)) {
    const example = /^[a-z0-9-]+\.[a-z0-9]+$/.test(instance_type) ? `ml.${instance_type}` : "ml.g5.xlarge";
    throw refusal(
      name,
      `instance_type is ${instance_type}`,
      `a type of SageMaker's, instance_type: ${example}`,
    );
  }
  const region = experiment.region ?? context.env["AWS_REGION"] ?? context.env["AWS_DEFAULT_REGION"];
  if (!region) {
    throw refusal(
      name,
      "no region is known for it",
      "region: us-east-1, or another, in the experiment or in aws",
    );
  }
  const container = containerPlan(experiment, spec, context);
  const role_arn = roleOf(name, spec);
  const own = endpointName(name, ep_name, context.run_id);
  const given = spec.ready_timeout_seconds ?? container.startup_s;
  const planned = {
    experiment: name,
    name: own,
    region,
    target: `SageMaker endpoint by ${container.said}, ${instance_count} x ${instance_type}`,
    container,
    accept_eula: spec.accept_eula,
    artifact: container.properties === null ? null : artifactOf(name, spec, own),
    role_arn,
    variant: spec.production_variant_name,
    instance_type,
    instance_count,
    container_timeout_s: given === null ? null : withinLimits(given),
    ready_timeout_s: spec.ready_timeout_seconds ?? ready_timeout_s,
  };
  return {
    ...planned,
    tags: tagsOf(context.ownership, name),
    fingerprint: sha256(JSON.stringify(planned)).slice(0, 16),
    billing: context.billing(instance_type, instance_count),
    needs: needsOf(planned.container, planned.artifact !== null),
  };
}

/** Unique among the experiments of a run, also of those with one `ep_name`. */
function endpointName(experiment: string, ep_name: string, run_id: string): string {
  return resourceName(`${sha256(experiment).slice(0, 6)}-${ep_name || experiment}`, run_id);
}

function withinLimits(seconds: number): number {
  return Math.min(containerLimits.most, Math.max(containerLimits.least, Math.round(seconds)));
}

function checkPredictor({ name, predictor }: Experiment): void {
  const facts = protocolFacts(predictor);
  if (facts === null || facts.service === "sagemaker") return;
  throw refusal(
    name,
    `its inference_script speaks ${predictor}, which does not reach an endpoint of SageMaker`,
    "inference_script: sagemaker_predictor.py",
  );
}

function roleOf(experiment: string, { role_arn }: DeploymentSpec): string {
  if (role_arn !== null && /^arn:aws[\w-]*:iam::\d{12}:role\/\S+$/.test(role_arn)) return role_arn;
  throw refusal(
    experiment,
    role_arn === null ? "no role is said that SageMaker takes on" : `the role is ${role_arn}`,
    "sagemaker_execution_role: arn:aws:iam::ACCOUNT:role/NAME, in the experiment or in aws",
  );
}

/** What is packed with serving.properties is uploaded; a bucket is never made for it. */
function artifactOf(experiment: string, { bucket, prefix }: DeploymentSpec, name: string) {
  if (bucket === null || /[{}]/.test(bucket)) {
    throw refusal(
      experiment,
      "serving.properties is uploaded to S3, and nothing says to which bucket",
      "bucket: NAME, in the experiment or in aws; it must exist in that region",
    );
  }
  const folder = (prefix ?? "fmbench").replace(/^\/+|\/+$/g, "");
  return { bucket, key: [folder, name, "model.tar.gz"].filter((part) => part !== "").join("/") };
}

function needsOf({ snapshot, token_variables, jumpstart }: ContainerPlan, uploads: boolean): string[] {
  return [
    "AWS credentials that may do what docs/iam/sagemaker.json says",
    ...(uploads || snapshot !== null ? ["a bucket in that region that the role may read"] : []),
    ...(snapshot === null ? [] : ["the Hugging Face Hub; a token (HF_TOKEN) where the model is gated"]),
    ...(token_variables.length === 0 ? [] : ["a Hugging Face token (HF_TOKEN)"]),
    ...(jumpstart === null ? [] : ["JumpStart's public bucket of the region, over https"]),
  ];
}

/** Words of a plan for what is known later. */
const later = { image: "[of JumpStart's spec]" } as const;

/**
 * Parameters of CreateModel.
 *
 * @param environment what the container gets: with references in a plan, with their values when it is sent
 * @param spec what JumpStart's spec adds
 */
export function modelRequest(
  plan: EndpointPlan,
  environment: Readonly<Record<string, string>>,
  spec: Completion = nothing,
): ModelRequest {
  const { container: { image, data }, artifact, role_arn, name } = plan;
  const own = artifact === null ? data : { ModelDataUrl: showS3Address(artifact) };
  const packaged = spec.model_package_arn !== null && image === null;
  const Environment = { ...spec.env, ...environment };
  return {
    ModelName: name,
    ExecutionRoleArn: role_arn,
    PrimaryContainer: packaged ? { ModelPackageName: spec.model_package_arn } : {
      Image: image ?? spec.image ?? later.image,
      ...(Object.keys(Environment).length === 0 ? {} : { Environment }),
      ...own ?? spec.data ?? {},
    },
    ...(spec.isolated ? { EnableNetworkIsolation: true } : {}),
    Tags: tagList(modelTags(plan)),
  };
}

/** Tags of the model, which lead to what was uploaded for it. */
function modelTags(
  { tags, artifact, container: { snapshot } }: EndpointPlan,
): Readonly<Record<string, string>> {
  return {
    ...tags,
    ...(artifact === null ? {} : addressTag(artifactTag, showS3Address(artifact))),
    ...(snapshot === null ? {} : addressTag(snapshotTag, snapshot.address)),
  };
}

/** None for an address that a tag can't hold: that is found by the ledger alone. */
function addressTag(key: string, address: string): Readonly<Record<string, string>> {
  return /^[\p{L}\p{N} +\-=._:/@]{1,256}$/u.test(address) ? { [key]: address } : {};
}

/** Parameters of CreateEndpointConfig. */
export function configRequest(plan: EndpointPlan, spec: Completion = nothing): ConfigRequest {
  const { name, variant, instance_type, instance_count, container_timeout_s } = plan;
  const timeout = container_timeout_s ??
    (spec.startup_s === null ? containerLimits.most : withinLimits(spec.startup_s));
  return {
    EndpointConfigName: name,
    ProductionVariants: [{
      VariantName: variant,
      ModelName: name,
      InstanceType: instance_type as never,
      InitialInstanceCount: instance_count,
      InitialVariantWeight: 1,
      ModelDataDownloadTimeoutInSeconds: timeout,
      ContainerStartupHealthCheckTimeoutInSeconds: timeout,
      ...(spec.volume_gb === null ? {} : { VolumeSizeInGB: spec.volume_gb }),
    }],
    Tags: tagList(plan.tags),
  };
}

/** Parameters of CreateEndpoint. */
export function endpointRequest({ name, tags }: EndpointPlan): EndpointRequest {
  return { EndpointName: name, EndpointConfigName: name, Tags: tagList(tags) };
}
