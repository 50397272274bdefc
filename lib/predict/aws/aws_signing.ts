/** What the clients of AWS's services are made from, for requests that are signed here and sent elsewhere. */

import { type AwsClientOptions, identityProvider } from "../../aws/mod.ts";
import { UserError } from "../../core/mod.ts";
import type { PredictorOptions } from "../predictor.ts";
import { requestHeaders } from "../request_headers.ts";

export interface AwsSigning {
  readonly client: AwsClientOptions;
  /** What no message may hold: the keys that were used last, and secrets of headers. A service repeats them when a signature is wrong. */
  secrets(): readonly string[];
}

/** A predictor's client makes requests only; nothing goes out but by the instrument. */
const nothingIsSent = {
  for(): never {
    throw new Error("a predictor's client does not send");
  },
};

/**
 * Options of a client that makes measured requests: it looks up nothing, sends nothing and never tries again. With a value in
 * the environment under the endpoint's `api_key_env` that key is sent, and nothing is signed; that is for Bedrock.
 *
 * @throws {UserError} without a region, or without anything to sign by, or if the endpoint's headers can't be made
 */
export function awsSigning(options: PredictorOptions): AwsSigning {
  const { endpoint, env = {}, credentials, transports = nothingIsSent } = options;
  const { headers, secrets } = requestHeaders(options);
  const own = Object.keys(endpoint.options?.headers ?? {}).map((name) => name.toLowerCase());
  const apiKey = endpoint.api_key_env === null ? undefined : env[endpoint.api_key_env];
  if (endpoint.region === null) {
    throw new UserError({
      action: "sign requests to the endpoint",
      thing: endpoint.endpoint_name,
      found: "its region is not known",
      remedy: "Set aws.region, or region of the experiment.",
    });
  }
  if (!apiKey && credentials === undefined) {
    throw new UserError({
      action: "sign requests to the endpoint",
      thing: endpoint.endpoint_name,
      found: "there are no keys to AWS",
    });
  }
  let lastUsed: readonly string[] = [];
  const provide = identityProvider(async () => {
    const given = await credentials!();
    const { access_key_id, secret_access_key, session_token } = given;
    lastUsed = [access_key_id, secret_access_key, session_token ?? ""].filter((key) => key !== "");
    return given;
  });
  return {
    client: {
      transports,
      region: endpoint.region,
      endpoint: endpoint.url,
      lookups: false,
      headers: Object.fromEntries(own.map((name) => [name, headers[name]!])),
      ...(apiKey ? { apiKey } : { credentials: provide }),
    },
    secrets: () => [...secrets, ...lastUsed],
  };
}
