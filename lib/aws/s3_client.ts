/** The client of S3. It goes over the SDK's own handler: nothing here is measured, and bodies may be large. */

import process from "node:process";
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from "@smithy/types";
import type { S3Client } from "@aws-sdk/client-s3";

/** How to get at S3; what is left out comes from the environment and the shared config files. */
export interface S3Options {
  /** @default `AWS_REGION`, the shared config file */
  readonly region?: string;
  /** Base URL of another service that speaks S3. @default `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL` */
  readonly endpoint?: string;
  /** @default the SDK's provider chain: environment, shared files, SSO, container, instance */
  readonly credentials?: AwsCredentialIdentity | AwsCredentialIdentityProvider;
  /** How often a call is sent before it has failed. @default 5: some seconds of patience */
  readonly attempts?: number;
  /** How long a connection may be silent. @default 60,000 */
  readonly timeout_ms?: number;
}

/** A client with the commands that it takes. */
export interface S3Service {
  readonly client: S3Client;
  readonly sdk: typeof import("@aws-sdk/client-s3");
  /** null: Amazon's own. */
  readonly endpoint: string | null;
}

/** Loads the SDK and makes a client; nothing is sent. */
export async function openS3(options: S3Options = {}): Promise<S3Service> {
  const { env } = process;
  const { attempts = 5, timeout_ms = 60_000, ...given } = options;
  const endpoint = options.endpoint ?? env["AWS_ENDPOINT_URL_S3"] ?? env["AWS_ENDPOINT_URL"] ?? null;
  const region = options.region ?? env["AWS_REGION"] ?? env["AWS_DEFAULT_REGION"];
  const sdk = await import("@aws-sdk/client-s3");
  const client = new sdk.S3Client({
    ...given,
    ...(region === undefined ? {} : { region }),
    ...(endpoint === null ? {} : { endpoint, forcePathStyle: true }),
    maxAttempts: attempts,
    retryMode: "standard",
    requestHandler: { connectionTimeout: 5_000, socketTimeout: timeout_ms },
  });
  return { client, sdk, endpoint };
}
