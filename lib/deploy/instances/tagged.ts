/** What of EC2 carries our tags. */

import type { ControlOptions } from "../../aws/mod.ts";
import type { TaggedResource } from "../deployer.ts";
import { ownershipOf, tagKeys } from "../ownership.ts";
import { attempting, groupsBy, type Instance, instancesBy, nonceKey, withEc2 } from "./ec2_calls.ts";

/** Kinds of entries in the ledger. */
export const kinds = { group: "ec2_security_group", instances: "ec2_instances" } as const;

/** All of it, of whatever run. Instances come first: their groups can't go before them. */
export async function findTagged(
  regions: readonly string[],
  control: ControlOptions,
): Promise<TaggedResource[]> {
  const found = await Promise.all(
    regions.map((region) =>
      withEc2({ ...control, region }, async (ec2) => {
        const ours = { "tag-key": [tagKeys.run_id] };
        const launched = await attempting(
          "look for instances with our tags in",
          region,
          "ec2:DescribeInstances",
          () =>
            instancesBy(ec2, {
              ...ours,
              "instance-state-name": ["pending", "running", "stopping", "stopped"],
            }),
        );
        const groups = await attempting(
          "look for groups with our tags in",
          region,
          "ec2:DescribeSecurityGroups",
          () => groupsBy(ec2, ours),
        );
        return [
          ...[...Map.groupBy(launched, ({ id, tags }) => tags[nonceKey] ?? id).values()].map((together) => {
            const ids = together.map(({ id }) => id).join(" ");
            return tagged(kinds.instances, ids, together[0]!.tags, region, describe(together, region));
          }),
          ...groups.map(({ id, name, tags }) =>
            tagged(kinds.group, id, tags, region, `EC2 security group ${name} (${id}) in ${region}`)
          ),
        ];
      })
    ),
  );
  return found.flat().filter((each) => each !== null);
}

function describe(together: readonly Instance[], region: string): string {
  const all = together.map(({ id, type }) => `${id} (${type})`).join(", ");
  return `EC2 instance${together.length === 1 ? "" : "s"} ${all} in ${region}`;
}

/** null: it has a tag of ours, and not those that tell whose it is. */
function tagged(
  kind: string,
  id: string,
  tags: Readonly<Record<string, string>>,
  region: string,
  description: string,
): TaggedResource | null {
  const [ownership, nonce] = [ownershipOf(tags), tags[nonceKey]];
  if (ownership === null || nonce === undefined) return null;
  return { kind, name: tags["Name"] ?? id, id, tags: { ...tags, region, nonce }, ownership, description };
}
