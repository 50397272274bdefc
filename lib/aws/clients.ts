/** The SDK's clients. Each is loaded when it is first asked for: a run without AWS does not pay for their import. */

import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from "@smithy/types";
import type { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import type { SageMakerRuntimeClient } from "@aws-sdk/client-sagemaker-runtime";
import type { SendLimits } from "../transport/mod.ts";
import { type TransportChoice, TransportRequestHandler } from "./request_handler.ts";

/** The modules with their commands, for areas that may not import them. */
export type BedrockRuntimeSdk = typeof import("@aws-sdk/client-bedrock-runtime");
export type SageMakerRuntimeSdk = typeof import("@aws-sdk/client-sagemaker-runtime");

export interface AwsClientOptions {
  /** What ordinary calls of the client, and its look-up of credentials, go over. */
  readonly transports: TransportChoice;
  /** @default what the environment or the shared config file says */
  readonly region?: string;
  /** Base URL in place of the region's own endpoint. */
  readonly endpoint?: string;
  /** @default the SDK's provider chain: environment, shared files, SSO, container, instance */
  readonly credentials?: AwsCredentialIdentity | AwsCredentialIdentityProvider;
  /** Of ordinary calls. */
  readonly limits?: Partial<SendLimits>;
}

/** A client beside the module that its commands come from. */
export interface AwsService<Client, Sdk> {
  readonly client: Client;
  readonly sdk: Sdk;
}

/** Bedrock: Converse, InvokeModel and their streams. */
export async function bedrockRuntime(
  options: AwsClientOptions,
): Promise<AwsService<BedrockRuntimeClient, BedrockRuntimeSdk>> {
  const sdk = await import("@aws-sdk/client-bedrock-runtime");
  return { client: new sdk.BedrockRuntimeClient(configOf(options)), sdk };
}

/** SageMaker endpoints: InvokeEndpoint and its stream. */
export async function sageMakerRuntime(
  options: AwsClientOptions,
): Promise<AwsService<SageMakerRuntimeClient, SageMakerRuntimeSdk>> {
  const sdk = await import("@aws-sdk/client-sagemaker-runtime");
  return { client: new sdk.SageMakerRuntimeClient(configOf(options)), sdk };
}

/** One attempt, and no rate limiter of the SDK, whatever the environment says. */
function configOf({ transports, limits, ...given }: AwsClientOptions) {
  return {
    ...given,
    requestHandler: new TransportRequestHandler(transports, limits),
    maxAttempts: 1,
    retryMode: "standard",
  };
}
