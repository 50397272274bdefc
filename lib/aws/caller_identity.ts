/** Whose credentials are in use: STS GetCallerIdentity, which every credential may call. */

import process from "node:process";
import type { HttpRequest } from "@smithy/types";
import { messageOf, redact, UserError } from "../core/mod.ts";
import { openS3, type S3Options } from "./s3_client.ts";
import { s3FaultOf } from "./s3_error.ts";

/** What names of buckets are made of. */
export interface CallerIdentity {
  /** The region that calls go to. */
  readonly region: string;
  /** 12 digits. */
  readonly account: string;
}

const patience_ms = 20_000;
const body = "Action=GetCallerIdentity&Version=2011-06-15";

/**
 * Asks for account and region. The SDK's credentials and signer do the work, by way of the client of S3, whose buckets are
 * what the answer is wanted for; nothing else of STS is needed.
 *
 * @param wantedFor what can't be known without it, e.g. `aws.bucket`
 * @param options its `endpoint` is that of STS. @default `AWS_ENDPOINT_URL_STS`, `AWS_ENDPOINT_URL`, the region's own
 * @throws {UserError} saying what to set, if no credentials or no region are found, or STS refuses or is not reached
 */
export async function callerIdentity(wantedFor: string, options: S3Options = {}): Promise<CallerIdentity> {
  const { client } = await openS3(options);
  try {
    const region = await client.config.region();
    const url = new URL(stsEndpoint(options.endpoint, region));
    const signer = await client.config.signer({
      name: "sigv4",
      signingName: "sts",
      signingRegion: region,
      properties: {},
    });
    const signed = await signer.sign(requestTo(url), { signingService: "sts", signingRegion: region });
    const { host: _, ...headers } = signed.headers;
    const answer = await fetch(url, {
      method: "POST",
      headers,
      body,
      signal: AbortSignal.timeout(patience_ms),
    });
    const text = await answer.text();
    const account = /<Account>\s*(\d{12})\s*<\/Account>/.exec(text)?.[1];
    if (answer.ok && account !== undefined) return { region, account };
    const code = /<Code>\s*(\w+)\s*<\/Code>/.exec(text)?.[1] ?? `HTTP ${answer.status}`;
    throw refusal(wantedFor, answer.status === 403 ? "refused" : "answer", code);
  } catch (error) {
    throw error instanceof UserError ? error : refusal(wantedFor, kindOf(error), messageOf(error), error);
  } finally {
    client.destroy();
  }
}

function stsEndpoint(given: string | undefined, region: string): string {
  const { env } = process;
  const own = `https://sts.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
  return given ?? env["AWS_ENDPOINT_URL_STS"] ?? env["AWS_ENDPOINT_URL"] ?? own;
}

function requestTo({ protocol, hostname, port, host }: URL): HttpRequest {
  return {
    method: "POST",
    protocol,
    hostname,
    ...(port === "" ? {} : { port: Number(port) }),
    path: "/",
    query: {},
    headers: { host, "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
    body,
  };
}

type Refusal = "credentials" | "region" | "refused" | "network" | "answer";

function kindOf(error: unknown): Refusal {
  const fault = s3FaultOf(error);
  return fault === "credentials" || fault === "region" ? fault : "network";
}

const otherwise = "name the bucket (--write-bucket, -A read_bucket=...) or run with --local-mode yes";

function refusal(wantedFor: string, kind: Refusal, said: string, cause?: unknown): UserError {
  const [found, remedy] = {
    credentials: [
      "there are no AWS credentials",
      `Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE; or ${otherwise}.`,
    ],
    region: ["no AWS region is known", `Set AWS_REGION, e.g. AWS_REGION=us-east-1; or ${otherwise}.`],
    refused: [
      `the AWS credentials are not accepted (${said})`,
      `Renew them (aws sso login), or correct them; or ${otherwise}.`,
    ],
    network: [
      `STS can't be reached (${redact(said)})`,
      `Check the network and AWS_ENDPOINT_URL_STS, then run the same command again; or ${otherwise}.`,
    ],
    answer: [`STS does not say it (${said})`, `Run the same command again later; or ${otherwise}.`],
  }[kind] as [string, string];
  return new UserError({
    action: "find out the AWS account for",
    thing: wantedFor,
    found,
    expected: "credentials whose account and region the bucket's name is made of",
    remedy,
  }, { cause });
}
