/** Access to a cluster of EKS by keys to AWS alone, as `aws eks update-kubeconfig` sets it up: its address, and tokens signed for it. */

import { Buffer } from "node:buffer";
import process from "node:process";
import type { HttpRequest, RequestPresigningArguments } from "@smithy/types";
import { messageOf, redact, UserError } from "../core/mod.ts";
import { openS3, type S3Options } from "./s3_client.ts";
import { s3FaultOf } from "./s3_error.ts";

/** What it takes to send requests to the API server of a cluster. */
export interface EksCluster {
  /** Base URL of its API server. */
  readonly server: string;
  /** Its certificate authority, PEM in base64. */
  readonly authority: string;
  /** Makes a bearer token, a secret; EKS takes it for 15 minutes. Nothing is sent for it. */
  token(): Promise<string>;
}

interface Signer {
  sign(request: HttpRequest, options: object): Promise<HttpRequest>;
  presign(request: HttpRequest, options: RequestPresigningArguments): Promise<HttpRequest>;
}

const patience_ms = 20_000;
/** How long the signed call in a token is good; EKS allows no more. */
const call_s = 60;
/** Names the cluster that a token is for: part of what is signed. */
const clusterHeader = "x-k8s-aws-id";

/**
 * Asks EKS for a cluster's address and certificate (`eks:DescribeCluster`). The SDK's credentials and signer do the work, by way of
 * the client of S3; nothing else of EKS is needed.
 *
 * @param options its `endpoint` is that of EKS. @default `AWS_ENDPOINT_URL_EKS`, `AWS_ENDPOINT_URL`, the region's own
 * @throws {UserError} saying what to do, if there are no keys, no region or no such cluster
 */
export async function eksCluster(name: string, options: S3Options = {}): Promise<EksCluster> {
  const { client } = await openS3(options);
  const signerFor = async (service: string, region: string) =>
    await client.config.signer({
      name: "sigv4",
      signingName: service,
      signingRegion: region,
      properties: {},
    }) as unknown as Signer;
  try {
    const region = await client.config.region();
    const suffix = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
    const { env } = process;
    const own = options.endpoint ?? env["AWS_ENDPOINT_URL_EKS"] ?? env["AWS_ENDPOINT_URL"];
    const url = new URL(`/clusters/${encodeURIComponent(name)}`, own ?? `https://eks.${region}.${suffix}`);
    const signed = await (await signerFor("eks", region)).sign(getting(url), {
      signingService: "eks",
      signingRegion: region,
    });
    const { host: _, ...headers } = signed.headers;
    const answer = await fetch(url, { headers, signal: AbortSignal.timeout(patience_ms) });
    const cluster = described(name, region, answer.status, await answer.text());
    return {
      ...cluster,
      async token() {
        const call = getting(
          new URL(`https://sts.${region}.${suffix}/?Action=GetCallerIdentity&Version=2011-06-15`),
        );
        const { hostname, path, query = {} } = await (await signerFor("sts", region)).presign(
          { ...call, headers: { ...call.headers, [clusterHeader]: name } },
          {
            expiresIn: call_s,
            signingService: "sts",
            signingRegion: region,
            unhoistableHeaders: new Set([clusterHeader]),
          } as RequestPresigningArguments,
        );
        const pairs = Object.entries(query).map(([key, value]) =>
          `${key}=${encodeURIComponent(String(value))}`
        );
        return `k8s-aws-v1.${
          Buffer.from(`https://${hostname}${path}?${pairs.join("&")}`).toString("base64url")
        }`;
      },
    };
  } catch (error) {
    if (error instanceof UserError) throw error;
    const fault = s3FaultOf(error);
    const found = fault === "credentials"
      ? "there are no AWS credentials"
      : fault === "region"
      ? "no AWS region is known"
      : redact(messageOf(error));
    throw refusal(name, found, error);
  }
}

function getting({ protocol, hostname, port, host, pathname, searchParams }: URL): HttpRequest {
  return {
    method: "GET",
    protocol,
    hostname,
    ...(port === "" ? {} : { port: Number(port) }),
    path: pathname,
    query: Object.fromEntries(searchParams),
    headers: { host },
  };
}

function described(name: string, region: string, status: number, text: string): Omit<EksCluster, "token"> {
  const answer = parsed(text);
  const { endpoint, certificateAuthority, status: state } = answer.cluster ?? {};
  if (endpoint && certificateAuthority?.data) {
    return { server: endpoint, authority: certificateAuthority.data };
  }
  if (status === 404) throw refusal(name, `there is no such cluster in ${region}`);
  const said = answer.message ?? answer.Message ?? `HTTP ${status}`;
  throw refusal(
    name,
    state === undefined ? `EKS says: ${redact(said)}` : `it is ${state} and has no address yet`,
  );
}

interface Described {
  readonly cluster?: {
    readonly endpoint?: string;
    readonly status?: string;
    readonly certificateAuthority?: { readonly data?: string };
  };
  readonly message?: string;
  readonly Message?: string;
}

function parsed(text: string): Described {
  try {
    return JSON.parse(text) as Described;
  } catch {
    return {};
  }
}

function refusal(name: string, found: string, cause?: unknown): UserError {
  return new UserError({
    action: "get access to the EKS cluster",
    thing: name,
    found,
    expected: "AWS keys that may call eks:DescribeCluster, in the region of the cluster",
    remedy:
      `Correct eks.eks_cluster_name, region or the keys; or run \`aws eks update-kubeconfig --name ${name}\` and set eks.context.`,
  }, { cause });
}
