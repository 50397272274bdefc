/** The SDK's clients. Each is loaded when it is first asked for: a run without AWS does not pay for their import. */

import type {
  AwsCredentialIdentity,
  AwsCredentialIdentityProvider,
  BuildHandler,
  HttpRequest,
} from "@smithy/types";
import type { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import type { SageMakerRuntimeClient } from "@aws-sdk/client-sagemaker-runtime";
import { version } from "../core/mod.ts";
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
  /** Bedrock's API key; takes the place of credentials. */
  readonly apiKey?: string;
  /** Sent with every call, and signed. @default none */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Whether what is not given here may be looked up in the environment and in files. Without, region, endpoint and
   * credentials have to be given, and the client does with the rights of a worker. @default true
   */
  readonly lookups?: boolean;
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
  const client = new sdk.BedrockRuntimeClient(configOf(options));
  client.middlewareStack.add(carrying(options.headers ?? {}), { step: "build", name: "ownHeaders" });
  return { client, sdk };
}

/** SageMaker endpoints: InvokeEndpoint and its stream. */
export async function sageMakerRuntime(
  options: AwsClientOptions,
): Promise<AwsService<SageMakerRuntimeClient, SageMakerRuntimeSdk>> {
  const sdk = await import("@aws-sdk/client-sagemaker-runtime");
  const client = new sdk.SageMakerRuntimeClient(configOf(options));
  client.middlewareStack.add(carrying(options.headers ?? {}), { step: "build", name: "ownHeaders" });
  return { client, sdk };
}

/** One attempt, and no rate limiter of the SDK, whatever the environment says. */
function configOf({ transports, limits, lookups = true, apiKey, headers: _, ...given }: AwsClientOptions) {
  return {
    ...given,
    ...(apiKey === undefined ? {} : { token: { token: apiKey }, authSchemePreference: ["httpBearerAuth"] }),
    ...(lookups ? {} : settled(apiKey)),
    requestHandler: new TransportRequestHandler(transports, limits),
    maxAttempts: 1,
    retryMode: "standard",
  };
}

/** All that the SDK would ask the environment, the shared files or the system for. */
function settled(apiKey: string | undefined) {
  return {
    defaultsMode: "standard" as const,
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
    disableClockSkewCorrection: true,
    authSchemePreference: [apiKey === undefined ? "sigv4" : "httpBearerAuth"],
    userAgentAppId: () => Promise.resolve(undefined),
    defaultUserAgentProvider: () => Promise.resolve<[string, string][]>([["fmbench", version]]),
  };
}

/** The step of the SDK's work that adds headers, before anything is signed. */
function carrying(headers: Readonly<Record<string, string>>) {
  return <Input extends object, Output extends object>(
    next: BuildHandler<Input, Output>,
  ): BuildHandler<Input, Output> =>
  (args) => {
    Object.assign((args.request as HttpRequest).headers, headers);
    return next(args);
  };
}
