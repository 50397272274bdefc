/** What the tests of SageMaker deploy, and on what account. */

import { openS3, type S3Folder, s3Folder, sageMakerControl } from "../../../lib/aws/mod.ts";
import type { DeploymentSpec } from "../../../lib/core/mod.ts";
import type { DeployContext, Deployer, Experiment } from "../../../lib/deploy/mod.ts";
import { type SageMakerSettings, sageMakerTarget } from "../../../lib/deploy/sagemaker/sagemaker.ts";
import { experiment as base, nothingSaid, scene } from "../scene.ts";

const spec: DeploymentSpec = {
  ...nothingSaid,
  script: "sagemaker_model",
  image_uri: "123456789012.dkr.ecr.us-east-1.amazonaws.com/server:1.0.0",
  role_arn: "arn:aws:iam::123456789012:role/fmbench",
};

/** An experiment for SageMaker; `said` is what its deployment says. */
export function onSageMaker(
  said: Partial<DeploymentSpec> = {},
  changed: Partial<Experiment> = {},
): Experiment {
  return {
    ...base,
    simulate: null,
    region: "us-east-1",
    instance_type: "ml.g5.xlarge",
    predictor: "sagemaker",
    deployment: { ...spec, ...said },
    ...changed,
  };
}

/** With `serving.properties`, which are uploaded to the bucket `artifacts`. */
export const djl = {
  script: "sagemaker_djl",
  bucket: "artifacts",
  prefix: "lmi",
  serving_properties: "engine=MPI\noption.tensor_parallel_degree=1\n",
} as const satisfies Partial<DeploymentSpec>;

/** A run, and the target as a test wants it: what takes minutes takes moments. */
export interface Deployment extends AsyncDisposable {
  readonly run: string;
  readonly context: DeployContext;
  readonly logged: string[];
  readonly target: Deployer;
}

/** Waits as short as the local cloud allows. */
export const quick = {
  ready: { first_ms: 20, most_ms: 60 },
  gone: { first_ms: 20, most_ms: 60, limit_ms: 10_000 },
  settle: { first_ms: 20, most_ms: 60, limit_ms: 120 },
} as const satisfies Partial<SageMakerSettings>;

let runs = 0;

/** Every run has an id of its own: a call of an earlier one may still be under way. */
export async function deployment(settings: Partial<SageMakerSettings> = {}): Promise<Deployment> {
  const made = await scene();
  const run_id = `20261122T100000Z-${String(++runs).padStart(6, "0")}`;
  const ownership = { ...made.context.ownership, run_id };
  return {
    ...made,
    context: { ...made.context, run_id, ownership },
    target: sageMakerTarget({ ...quick, ...settings }),
    [Symbol.asyncDispose]: () => Deno.remove(made.run, { recursive: true }),
  };
}

/** A bucket that did not exist. */
export async function bucketFolder(name: string): Promise<S3Folder & AsyncDisposable> {
  const { client, sdk } = await openS3();
  await client.send(new sdk.CreateBucketCommand({ Bucket: name }));
  client.destroy();
  const folder = await s3Folder(`s3://${name}`);
  return Object.assign(folder, {
    [Symbol.asyncDispose]() {
      folder.close();
      return Promise.resolve();
    },
  });
}

/** Names of all that SageMaker has in the region, by what it is. */
export async function present(): Promise<{ endpoints: string[]; configs: string[]; models: string[] }> {
  const { client, sdk } = await sageMakerControl();
  try {
    const [endpoints, configs, models] = await Promise.all([
      client.send(new sdk.ListEndpointsCommand({})),
      client.send(new sdk.ListEndpointConfigsCommand({})),
      client.send(new sdk.ListModelsCommand({})),
    ]);
    return {
      endpoints: (endpoints.Endpoints ?? []).map(({ EndpointName = "" }) => EndpointName),
      configs: (configs.EndpointConfigs ?? []).map(({ EndpointConfigName = "" }) => EndpointConfigName),
      models: (models.Models ?? []).map(({ ModelName = "" }) => ModelName),
    };
  } finally {
    client.destroy();
  }
}

export const nothing = { endpoints: [], configs: [], models: [] };

/** Somebody else's endpoint in the same account, whose name looks like ours. */
export const foreign = "fmbench-production";

export async function bringForeign(): Promise<void> {
  const { client, sdk } = await sageMakerControl();
  const role = "arn:aws:iam::123456789012:role/them";
  const container = { Image: "123456789012.dkr.ecr.us-east-1.amazonaws.com/theirs:1" };
  const create = { ModelName: foreign, ExecutionRoleArn: role, PrimaryContainer: container };
  await client.send(new sdk.CreateModelCommand(create));
  const variant = {
    VariantName: "v",
    ModelName: foreign,
    InstanceType: "ml.g5.xlarge",
    InitialInstanceCount: 1,
  };
  await client.send(
    new sdk.CreateEndpointConfigCommand({
      EndpointConfigName: foreign,
      ProductionVariants: [variant as typeof variant & { InstanceType: "ml.g5.xlarge" }],
    }),
  );
  await client.send(new sdk.CreateEndpointCommand({ EndpointName: foreign, EndpointConfigName: foreign }));
  client.destroy();
}

/** What is there when nothing of ours is. */
export const theirs = { endpoints: [foreign], configs: [foreign], models: [foreign] };
