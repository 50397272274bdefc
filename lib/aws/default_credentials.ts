/** The keys that the SDK finds on this machine. */

import process from "node:process";
import type { AwsCredentialIdentityProvider } from "@smithy/types";
import { type AwsCredentials, messageOf, redact, UserError } from "../core/mod.ts";
import { credentialsOf } from "./identity.ts";
import { openS3 } from "./s3_client.ts";

/** Its shape is not in the SDK's types. `ignoreCache`: files are read anew, so that what was renewed meanwhile is found. */
type DefaultProvider = (init: {
  readonly parentClientConfig: unknown;
  readonly ignoreCache: boolean;
}) => AwsCredentialIdentityProvider;

const nothingFound = /could not load credentials from any providers/i;

/**
 * Keys by the SDK's own chain of providers, in its order: environment, SSO, shared credentials and config files
 * (`AWS_PROFILE`; a role to assume, `credential_process` too), web identity, container, instance metadata. Every call asks anew,
 * so that keys that end are followed by new ones.
 *
 * @param region where STS is asked for a role's keys. @default that of the environment or the config file, else us-east-1
 * @throws {UserError} saying what was tried and what can be done, if there are none
 */
export async function defaultCredentials(region?: string): Promise<AwsCredentials> {
  const { client } = await openS3(region === undefined ? {} : { region });
  try {
    const provider: DefaultProvider = client.config.credentialDefaultProvider;
    const parentClientConfig = {
      ...client.config,
      region: () => client.config.region().catch(() => "us-east-1"),
    };
    return credentialsOf(await provider({ parentClientConfig, ignoreCache: true })());
  } catch (error) {
    throw noKeys(error);
  } finally {
    client.destroy();
  }
}

const remedy =
  "Do one of these: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN); name a profile of ~/.aws by " +
  "AWS_PROFILE; log in by `aws sso login`; or run where a role gives keys (an EC2 instance, a container, web identity).";

function noKeys(error: unknown): UserError {
  const said = messageOf(error);
  const profile = process.env["AWS_PROFILE"];
  return new UserError({
    action: "sign requests to",
    thing: "AWS",
    found: nothingFound.test(said)
      ? profile === undefined
        ? "there are no keys in the environment, in the shared files, or from a role of this machine"
        : `the profile "${profile}" (AWS_PROFILE) has no keys, nor does this machine have a role`
      : `the keys could not be had: ${redact(said).replace(/[.\s]+$/, "")}`,
    remedy,
  }, { cause: error });
}
