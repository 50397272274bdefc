/** Creating an endpoint: what is uploaded, the model, the configuration, the endpoint, each in the ledger before it is there. */

import type { ControlOptions } from "../../aws/mod.ts";
import { messageOf } from "../../core/mod.ts";
import { HubClient } from "../../data/mod.ts";
import { showS3Address } from "../../storage/mod.ts";
import type { DeployContext, Resource } from "../deployer.ts";
import { record } from "../ledger.ts";
import { tagKeys } from "../ownership.ts";
import { packArtifact } from "./artifact.ts";
import { completionOf } from "./completion.ts";
import { containerValues } from "./container_values.ts";
import { configRequest, type EndpointPlan, endpointRequest, modelRequest } from "./endpoint_plan.ts";
import { snapshotToS3 } from "./hub_snapshot.ts";
import { putObject, withS3 } from "./s3_objects.ts";
import {
  attempting,
  describe,
  kinds,
  type Part,
  parts,
  type SageMaker,
  tagsOfArn,
} from "./sagemaker_calls.ts";

/** What a resource of the plan is known by in the ledger. */
function resourceOf(plan: EndpointPlan, kind: string, name = plan.name): Resource {
  const { tags, region, experiment, fingerprint, billing } = plan;
  return {
    kind,
    name,
    id: null,
    tags: { ...tags, region, experiment, fingerprint },
    ...(kind === kinds.endpoint ? { billing } : {}),
  };
}

/** Creates everything in order; each stands in the ledger before. */
export async function createAll(
  service: SageMaker,
  plan: EndpointPlan,
  context: DeployContext,
  options: ControlOptions,
): Promise<void> {
  const { signal, log } = context;
  const { client, sdk } = service;
  const values = await containerValues(plan, context);
  const completion = await completionOf(plan, context);
  await upload(plan, context, options);
  const once = { abortSignal: signal };
  await part(service, "model", plan, context, async () => {
    const command = new sdk.CreateModelCommand(modelRequest(plan, values, completion));
    return (await client.send(command, once)).ModelArn;
  });
  await part(service, "config", plan, context, async () => {
    const command = new sdk.CreateEndpointConfigCommand(configRequest(plan, completion));
    return (await client.send(command, once)).EndpointConfigArn;
  });
  await part(service, "endpoint", plan, context, async () => {
    const command = new sdk.CreateEndpointCommand(endpointRequest(plan));
    return (await client.send(command, once)).EndpointArn;
  });
  log(
    `${plan.experiment}: SageMaker creates the endpoint ${plan.name} (${plan.instance_count} x ${plan.instance_type})`,
  );
}

/** Creates one of the three, which the ledger knows before. */
async function part(
  service: SageMaker,
  part: Part,
  plan: EndpointPlan,
  { run_dir, signal }: DeployContext,
  send: () => Promise<string | undefined>,
): Promise<void> {
  signal.throwIfAborted();
  const resource = resourceOf(plan, kinds[part]);
  record(run_dir, "intent", resource);
  const { said, call } = parts[part];
  const id = await attempting(
    `create the ${said} of`,
    plan.experiment,
    `sagemaker:Create${call}`,
    async () => {
      try {
        return await send();
      } catch (error) {
        // A call whose answer got lost was sent again by the SDK.
        if (!/already exist/i.test(messageOf(error))) throw error;
        const found = await describe(service, part, plan.name);
        const tags = found === null ? {} : await tagsOfArn(service, found.arn);
        if (tags[tagKeys.run_id] !== plan.tags[tagKeys.run_id]) throw error;
        return found?.arn;
      }
    },
  );
  record(run_dir, "created", { ...resource, id: id ?? plan.name });
}

/** Places in S3 what the container reads there. */
async function upload(
  plan: EndpointPlan,
  context: DeployContext,
  s3: ControlOptions,
): Promise<void> {
  const { artifact, tags, container: { snapshot, properties } } = plan;
  const { run_dir, signal, log, hubToken, env } = context;
  if (snapshot !== null) {
    signal.throwIfAborted();
    const token = await hubToken();
    const client = new HubClient({
      kind: "model",
      env: token === null ? env : { ...env, HF_TOKEN: token },
      signal,
    });
    const resource = resourceOf(plan, kinds.snapshot, snapshot.address);
    record(run_dir, "intent", resource);
    await snapshotToS3({ ...snapshot, owner: tags[tagKeys.run_id]! }, { client, s3, log, signal });
    record(run_dir, "created", { ...resource, id: snapshot.address });
  }
  if (artifact !== null && properties !== null) {
    signal.throwIfAborted();
    const address = showS3Address(artifact);
    const resource = resourceOf(plan, kinds.artifact, address);
    record(run_dir, "intent", resource);
    const bytes = await packArtifact(properties);
    await withS3(s3, (service) => putObject(service, artifact, bytes, tags, signal));
    record(run_dir, "created", { ...resource, id: address });
  }
}
