/** What of SageMaker carries our tags, and what its models say of objects in S3. */

import type { ControlOptions } from "../../aws/mod.ts";
import type { TaggedResource } from "../deployer.ts";
import { ownershipOf } from "../ownership.ts";
import { artifactTag, snapshotTag } from "./endpoint_plan.ts";
import {
  attempting,
  isAbsent,
  kinds,
  type Part,
  parts,
  type SageMaker,
  tagsOfArn,
  withSageMaker,
} from "./sagemaker_calls.ts";

/** What all our names begin with. */
const NameContains = "fmbench-";

/** All of it, of whatever run, in the order in which it can go. */
export async function findTagged(
  regions: readonly string[],
  control: ControlOptions,
): Promise<TaggedResource[]> {
  const found = await Promise.all(
    regions.map((region) =>
      withSageMaker({ ...control, region }, async (service) => [
        ...await ofPart(service, "endpoint", region),
        ...await ofPart(service, "config", region),
        ...(await ofPart(service, "model", region)).flatMap((model) => [model, ...objectsOf(model, region)]),
      ])
    ),
  );
  return found.flat();
}

async function ofPart(service: SageMaker, part: Part, region: string): Promise<TaggedResource[]> {
  const { said, call } = parts[part];
  const all = await attempting(
    `look for ${said}s with our tags in`,
    region,
    `sagemaker:List${call}s`,
    () => listed(service, part),
  );
  const found: TaggedResource[] = [];
  for (const { name, arn } of all) {
    const tags = await tagsIfThere(service, arn, region);
    const ownership = tags === null ? null : ownershipOf(tags);
    if (tags === null || ownership === null) continue;
    found.push({
      kind: kinds[part],
      name,
      id: arn,
      tags: { ...tags, region },
      ownership,
      description: `SageMaker ${said} ${name} in ${region}`,
    });
  }
  return found;
}

function tagsIfThere(service: SageMaker, arn: string, region: string) {
  return attempting("look for our tags in", region, "sagemaker:ListTags", async () => {
    try {
      return await tagsOfArn(service, arn);
    } catch (error) {
      if (isAbsent(error)) return null;
      throw error;
    }
  });
}

async function listed({ client, sdk }: SageMaker, part: Part): Promise<{ name: string; arn: string }[]> {
  const found: { name: string; arn: string }[] = [];
  switch (part) {
    case "endpoint":
      for await (const { Endpoints = [] } of sdk.paginateListEndpoints({ client }, { NameContains })) {
        found.push(
          ...Endpoints.map((each) => ({ name: each.EndpointName ?? "", arn: each.EndpointArn ?? "" })),
        );
      }
      break;
    case "config":
      for await (const page of sdk.paginateListEndpointConfigs({ client }, { NameContains })) {
        found.push(...(page.EndpointConfigs ?? []).map((each) => ({
          name: each.EndpointConfigName ?? "",
          arn: each.EndpointConfigArn ?? "",
        })));
      }
      break;
    case "model":
      for await (const { Models = [] } of sdk.paginateListModels({ client }, { NameContains })) {
        found.push(...Models.map((each) => ({ name: each.ModelName ?? "", arn: each.ModelArn ?? "" })));
      }
  }
  return found.filter(({ name }) => name.startsWith(NameContains));
}

/** What was uploaded for a model: its tags say where. */
function objectsOf({ tags, ownership }: TaggedResource, region: string): TaggedResource[] {
  return ([[artifactTag, kinds.artifact], [snapshotTag, kinds.snapshot]] as const).flatMap(([tag, kind]) => {
    const address = tags[tag];
    if (address === undefined) return [];
    const description = kind === kinds.artifact
      ? `artefact ${address}`
      : `model of the Hub, as far as the run placed it, below ${address}/`;
    return [{
      kind,
      name: address,
      id: address,
      tags,
      ownership,
      description: `${description} in ${region}`,
    }];
  });
}
