/** Where the inference services of AWS are, by the SDK's own rules. */

import { messageOf, UserError } from "../core/mod.ts";
import { type AwsClientOptions, bedrockRuntime, sageMakerRuntime } from "./clients.ts";

const suffixes = { bedrock: "BEDROCK_RUNTIME", sagemaker: "SAGEMAKER_RUNTIME" } as const;

/** Nothing is sent to find an address. */
const transports = {
  for(): never {
    throw new Error("an address is worked out, not asked for");
  },
};

/**
 * Base URL of a service in a region, without a slash at its end. What the user says comes first: `AWS_ENDPOINT_URL_BEDROCK_RUNTIME` or
 * `AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME`, then `AWS_ENDPOINT_URL`, then `endpoint_url` of the profile in the shared config file
 * (none of them under `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true`); else it is that of the region's partition, with
 * `AWS_USE_FIPS_ENDPOINT` and `AWS_USE_DUALSTACK_ENDPOINT` in mind.
 *
 * @param env the environment; the shared config file is found by that of the process
 * @throws {UserError} for a region that can't be one, and a service URL that is none
 */
export async function serviceUrl(
  service: keyof typeof suffixes,
  region: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const ignored = env["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"]?.toLowerCase() === "true";
  const variable = [`AWS_ENDPOINT_URL_${suffixes[service]}`, "AWS_ENDPOINT_URL"].find((name) => env[name]);
  if (!ignored && variable !== undefined) return checked(env[variable]!, variable);
  if (!/^[a-z0-9-]+$/i.test(region)) throw noRegion(region, "it can't be part of an address");
  const on = (name: string) => env[name]?.toLowerCase() === "true";
  const options: AwsClientOptions = { transports, region };
  const { client } = service === "bedrock" ? await bedrockRuntime(options) : await sageMakerRuntime(options);
  try {
    const configured = ignored ? undefined : await client.config.serviceConfiguredEndpoint?.();
    if (configured) return checked(String(configured), "endpoint_url of the shared config file");
    const { url } = client.config.endpointProvider({
      Region: region,
      UseFIPS: on("AWS_USE_FIPS_ENDPOINT"),
      UseDualStack: on("AWS_USE_DUALSTACK_ENDPOINT"),
    });
    return url.href.replace(/\/+$/, "");
  } catch (error) {
    throw error instanceof UserError ? error : noRegion(region, messageOf(error), error);
  } finally {
    client.destroy();
  }
}

function noRegion(region: string, found: string, cause?: unknown): UserError {
  return new UserError({
    action: "find the address of the service in the region",
    thing: region,
    found,
    expected: "a region of AWS, such as us-east-1",
  }, { cause });
}

function checked(url: string, place: string): string {
  const parsed = URL.parse(url);
  if (parsed !== null && /^https?:$/.test(parsed.protocol)) return url.replace(/\/+$/, "");
  throw new UserError({
    action: `use ${place}`,
    thing: url,
    found: "it is no address",
    expected: "a URL that begins with https:// or http://",
  });
}
