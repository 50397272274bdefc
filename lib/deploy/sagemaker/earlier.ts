/** What an earlier start of a run left behind, when the run is begun again. */

import type { DeployContext, Removal, RemovalContext, Resource } from "../deployer.ts";
import { owed, record } from "../ledger.ts";
import { tagKeys } from "../ownership.ts";
import type { EndpointPlan } from "./endpoint_plan.ts";
import { attempting, describe, kinds, type SageMaker, tagsOfArn } from "./sagemaker_calls.ts";

/**
 * What an earlier start of this run left for the experiment: taken as it is when the endpoint is the same and comes or is in
 * service, removed when not. A model that it placed in S3 where it belongs stays: placing it goes on where it ended.
 */
export async function keepEarlier(
  service: SageMaker,
  plan: EndpointPlan,
  context: DeployContext,
  remove: (resource: Resource, context: RemovalContext) => Promise<Removal>,
): Promise<boolean> {
  const { run_dir, env, log, clock, signal } = context;
  const placed = plan.container.snapshot?.address;
  const left = owed(run_dir).filter(({ kind, name, tags }) =>
    Object.values<string>(kinds).includes(kind) && tags["experiment"] === plan.experiment &&
    !(kind === kinds.snapshot && name === placed)
  );
  const endpoint = left.find(({ kind, name }) => kind === kinds.endpoint && name === plan.name);
  if (endpoint?.tags["fingerprint"] === plan.fingerprint) {
    const found = await attempting(
      "look at the endpoint of",
      plan.experiment,
      "sagemaker:DescribeEndpoint",
      () => describe(service, "endpoint", plan.name),
    );
    if (found !== null && (found.status === "InService" || found.status === "Creating")) {
      const tags = await attempting(
        "look at the endpoint of",
        plan.experiment,
        "sagemaker:ListTags",
        () => tagsOfArn(service, found.arn),
      );
      if (tags[tagKeys.run_id] === plan.tags[tagKeys.run_id]) {
        if (endpoint.id === null) record(run_dir, "created", { ...endpoint, id: found.arn });
        log(`${plan.experiment}: the endpoint ${plan.name} is there, ${found.status}`);
        return true;
      }
    }
  }
  for (const resource of left.reverse()) {
    signal.throwIfAborted();
    await remove(resource, { run_dir, env, log, ...(clock === undefined ? {} : { clock }) });
    record(run_dir, "deleted", resource);
  }
  return false;
}
