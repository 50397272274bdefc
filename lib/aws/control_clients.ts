/**
 * Clients of the services that create, describe and delete. They go over the SDK's own handler: nothing here is measured, and a
 * call that fails for a moment is sent again by the SDK.
 */

import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from "@smithy/types";
import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import type { EC2Client } from "@aws-sdk/client-ec2";
import type { ECRClient } from "@aws-sdk/client-ecr";
import type { SageMakerClient } from "@aws-sdk/client-sagemaker";

/** The modules with their commands, for areas that may not import them. */
export type SageMakerSdk = typeof import("@aws-sdk/client-sagemaker");
export type Ec2Sdk = typeof import("@aws-sdk/client-ec2");
export type CloudWatchSdk = typeof import("@aws-sdk/client-cloudwatch");
export type EcrSdk = typeof import("@aws-sdk/client-ecr");

/** How to get at a service; what is left out comes from the environment and the shared config files. */
export interface ControlOptions {
  /** @default `AWS_REGION`, the shared config file */
  readonly region?: string;
  /** Base URL in place of the region's own. @default `AWS_ENDPOINT_URL_<SERVICE>`, `AWS_ENDPOINT_URL` */
  readonly endpoint?: string;
  /** @default the SDK's provider chain: environment, shared files, SSO, container, instance */
  readonly credentials?: AwsCredentialIdentity | AwsCredentialIdentityProvider;
  /** How often a call is sent before it has failed. @default 5 */
  readonly attempts?: number;
  /** How long one of these may wait for its answer. @default 30,000 */
  readonly timeout_ms?: number;
}

/** A client beside the module that its commands come from. */
export interface ControlService<Client, Sdk> {
  readonly client: Client;
  readonly sdk: Sdk;
}

/** SageMaker: models, endpoint configs, endpoints. */
export async function sageMakerControl(
  options: ControlOptions = {},
): Promise<ControlService<SageMakerClient, SageMakerSdk>> {
  const sdk = await import("@aws-sdk/client-sagemaker");
  return { client: new sdk.SageMakerClient(settingsOf(options)), sdk };
}

/** EC2: instances, security groups. */
export async function ec2Control(options: ControlOptions = {}): Promise<ControlService<EC2Client, Ec2Sdk>> {
  const sdk = await import("@aws-sdk/client-ec2");
  return { client: new sdk.EC2Client(settingsOf(options)), sdk };
}

/** CloudWatch: the utilisation of SageMaker's instances, which SageMaker itself does not tell. */
export async function cloudWatchControl(
  options: ControlOptions = {},
): Promise<ControlService<CloudWatchClient, CloudWatchSdk>> {
  const sdk = await import("@aws-sdk/client-cloudwatch");
  return { client: new sdk.CloudWatchClient(settingsOf(options)), sdk };
}

/** ECR: the password by which a container engine pulls AWS's own images. */
export async function ecrControl(options: ControlOptions = {}): Promise<ControlService<ECRClient, EcrSdk>> {
  const sdk = await import("@aws-sdk/client-ecr");
  return { client: new sdk.ECRClient(settingsOf(options)), sdk };
}

function settingsOf({ attempts = 5, timeout_ms = 30_000, ...given }: ControlOptions) {
  return {
    ...given,
    maxAttempts: attempts,
    retryMode: "standard",
    requestHandler: {
      connectionTimeout: Math.min(5_000, timeout_ms),
      requestTimeout: timeout_ms,
      throwOnRequestTimeout: true,
    },
  };
}
