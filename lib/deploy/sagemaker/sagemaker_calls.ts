/** Calls of SageMaker about the three things that an endpoint is made of. */

import { type ControlOptions, sageMakerControl } from "../../aws/mod.ts";
import { messageOf } from "../../core/mod.ts";
import { attemptingWith } from "../service_call.ts";
import { isPassing, sageMakerError } from "./sagemaker_error.ts";

export type SageMaker = Awaited<ReturnType<typeof sageMakerControl>>;
type Sdk = SageMaker["sdk"];

/** Parameters of the three calls that create, in the SDK's own words. */
export type ModelRequest = ConstructorParameters<Sdk["CreateModelCommand"]>[0];
export type ConfigRequest = ConstructorParameters<Sdk["CreateEndpointConfigCommand"]>[0];
export type EndpointRequest = ConstructorParameters<Sdk["CreateEndpointCommand"]>[0];

/** Kinds of entries in the ledger, by what they are. */
export const kinds = {
  artifact: "sagemaker_artifact",
  snapshot: "sagemaker_snapshot",
  model: "sagemaker_model",
  config: "sagemaker_endpoint_config",
  endpoint: "sagemaker_endpoint",
} as const;

/** Those that SageMaker itself keeps. */
export type Part = "model" | "config" | "endpoint";

/** For people, and as the service's calls are called. */
export const parts = {
  model: { said: "model", call: "Model" },
  config: { said: "endpoint configuration", call: "EndpointConfig" },
  endpoint: { said: "endpoint", call: "Endpoint" },
} as const satisfies Record<Part, { said: string; call: string }>;

/** One of them as it is now. */
export interface Found {
  readonly arn: string;
  /** Of an endpoint: Creating, InService, Failed, Deleting, ...; of all else null. */
  readonly status: string | null;
  /** Why an endpoint failed, in the service's words. */
  readonly reason: string | null;
}

/** Opens SageMaker in a region, and closes it. */
export async function withSageMaker<T>(
  options: ControlOptions,
  body: (service: SageMaker) => Promise<T>,
): Promise<T> {
  const service = await sageMakerControl(options);
  try {
    return await body(service);
  } finally {
    service.client.destroy();
  }
}

/** Looks at one of them by its name; null when there is none. */
export async function describe({ client, sdk }: SageMaker, part: Part, name: string): Promise<Found | null> {
  try {
    switch (part) {
      case "model": {
        const { ModelArn } = await client.send(new sdk.DescribeModelCommand({ ModelName: name }));
        return { arn: ModelArn ?? "", status: null, reason: null };
      }
      case "config": {
        const command = new sdk.DescribeEndpointConfigCommand({ EndpointConfigName: name });
        const { EndpointConfigArn } = await client.send(command);
        return { arn: EndpointConfigArn ?? "", status: null, reason: null };
      }
      case "endpoint": {
        const found = await client.send(new sdk.DescribeEndpointCommand({ EndpointName: name }));
        const { EndpointArn = "", EndpointStatus = "Creating", FailureReason = null } = found;
        return { arn: EndpointArn, status: EndpointStatus, reason: FailureReason };
      }
    }
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

/** SageMaker has no error of its own for what is not there. */
export function isAbsent(error: unknown): boolean {
  return /^Resource ?NotFound/i.test((error as Error).name) || /could not find/i.test(messageOf(error));
}

export async function tagsOfArn(
  { client, sdk }: SageMaker,
  ResourceArn: string,
): Promise<Readonly<Record<string, string>>> {
  const tags: [string, string][] = [];
  for await (const page of sdk.paginateListTags({ client }, { ResourceArn })) {
    tags.push(...(page.Tags ?? []).map(({ Key = "", Value = "" }): [string, string] => [Key, Value]));
  }
  return Object.fromEntries(tags);
}

/** Asks for the deletion of one of them. */
export async function remove({ client, sdk }: SageMaker, part: Part, name: string): Promise<void> {
  switch (part) {
    case "model":
      await client.send(new sdk.DeleteModelCommand({ ModelName: name }));
      return;
    case "config":
      await client.send(new sdk.DeleteEndpointConfigCommand({ EndpointConfigName: name }));
      return;
    case "endpoint":
      await client.send(new sdk.DeleteEndpointCommand({ EndpointName: name }));
  }
}

/** Tags as a call that creates takes them. */
export function tagList(tags: Readonly<Record<string, string>>): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** Makes calls whose errors say what was to be done. */
export const attempting = attemptingWith(sageMakerError);

/** The same, and `otherwise` when it failed for a moment: whoever looks again and again hears of it at the end only. */
export async function passing<T, Other>(
  otherwise: Other,
  action: string,
  thing: string,
  call: string,
  work: () => Promise<T>,
): Promise<T | Other> {
  try {
    return await work();
  } catch (error) {
    if (isPassing(error)) return otherwise;
    throw sageMakerError({ action, thing, call }, error);
  }
}
