/** Keys to AWS in the program's form and in the SDK's. */

import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from "@smithy/types";
import type { AwsCredentials } from "../core/mod.ts";

/** The SDK's form. */
export function identityOf(credentials: AwsCredentials): AwsCredentialIdentity {
  const { access_key_id, secret_access_key, session_token, expires_at_ms } = credentials;
  return {
    accessKeyId: access_key_id,
    secretAccessKey: secret_access_key,
    ...(session_token === null ? {} : { sessionToken: session_token }),
    ...(expires_at_ms === null ? {} : { expiration: new Date(expires_at_ms) }),
  };
}

/** The program's form. */
export function credentialsOf(identity: AwsCredentialIdentity): AwsCredentials {
  return {
    access_key_id: identity.accessKeyId,
    secret_access_key: identity.secretAccessKey,
    session_token: identity.sessionToken ?? null,
    expires_at_ms: identity.expiration?.getTime() ?? null,
  };
}

/** A provider that is asked at every signature; left to itself, the SDK keeps the first answer until that ends. */
export function identityProvider(credentials: () => Promise<AwsCredentials>): AwsCredentialIdentityProvider {
  const provide = async () => identityOf(await credentials());
  return Object.assign(provide, { memoized: true });
}
