/** The security group of a launch: one port range of the server, one range of callers, and nothing else. */

import type { Removal } from "../deployer.ts";
import { UserError } from "../../core/mod.ts";
import {
  attempting,
  type Ec2,
  groupsBy,
  type Instance,
  instancesBy,
  nonceKey,
  passing,
  type SecurityGroup,
  tagSpecifications,
} from "./ec2_calls.ts";
import { codeOf } from "../service_call.ts";
import { poll, type Polling } from "../polling.ts";

/** What is made. */
export interface GroupRequest {
  readonly name: string;
  readonly experiment: string;
  readonly vpc: string | null;
  readonly tags: Readonly<Record<string, string>>;
}

const action = "make the security group of";

/** Creates the group; one that an unheard answer left is taken. @returns its id */
export function createGroup(
  ec2: Ec2,
  { name, experiment, vpc, tags }: GroupRequest,
  signal: AbortSignal,
): Promise<string> {
  const { client, sdk } = ec2;
  return attempting(action, experiment, "ec2:CreateSecurityGroup", async () => {
    const command = new sdk.CreateSecurityGroupCommand({
      GroupName: name,
      Description: "fmbench: the port of a model server, for its benchmark only",
      ...(vpc === null ? {} : { VpcId: vpc }),
      TagSpecifications: tagSpecifications(["security-group"], tags),
    });
    try {
      return (await client.send(command, { abortSignal: signal })).GroupId!;
    } catch (error) {
      if (codeOf(error) !== "InvalidGroup.Duplicate") throw error;
      const [ours] = await groupsBy(ec2, { [`tag:${nonceKey}`]: [tags[nonceKey]!] });
      if (ours === undefined) throw error;
      return ours.id;
    }
  });
}

/** Lets the range reach the ports, over TCP. */
export async function openPorts(
  { client, sdk }: Ec2,
  { id, experiment, ports, range }: {
    id: string;
    experiment: string;
    ports: readonly number[];
    range: string;
  },
  signal: AbortSignal,
): Promise<void> {
  const command = new sdk.AuthorizeSecurityGroupIngressCommand({
    GroupId: id,
    IpPermissions: permissionsOf(ports, range),
  });
  await attempting(action, experiment, "ec2:AuthorizeSecurityGroupIngress", async () => {
    try {
      await client.send(command, { abortSignal: signal });
    } catch (error) {
      // An answer that was not heard left it.
      if (codeOf(error) !== "InvalidPermission.Duplicate") throw error;
    }
  });
}

/** As the service takes them: one for each port. */
export function permissionsOf(ports: readonly number[], range: string) {
  const Description = "fmbench: who runs the benchmark";
  const from = range.includes(":")
    ? { Ipv6Ranges: [{ CidrIpv6: range, Description }] }
    : { IpRanges: [{ CidrIp: range, Description }] };
  return ports.map((port) => ({ IpProtocol: "tcp", FromPort: port, ToPort: port, ...from }));
}

/** The VPC of a subnet. */
export function vpcOf({ client, sdk }: Ec2, subnet_id: string, experiment: string): Promise<string> {
  return attempting("find the VPC for", experiment, "ec2:DescribeSubnets", async () => {
    const { Subnets } = await client.send(new sdk.DescribeSubnetsCommand({ SubnetIds: [subnet_id] }));
    return Subnets![0]!.VpcId!;
  });
}

/** What is to be removed: `id` null when only the intent is known. */
export interface OwedGroup {
  readonly name: string;
  readonly id: string | null;
  readonly nonce: string;
}

/**
 * Deletes the group once no instance uses it, and looks whether it is gone.
 *
 * @param settle how long what was just created may take to show
 * @throws {UserError} if something uses it, it is still there, or it does not carry our nonce
 */
export async function removeGroup(
  ec2: Ec2,
  { name, id, nonce }: OwedGroup,
  gone: Polling,
  settle: Polling,
): Promise<Removal> {
  const removing = "remove the security group";
  const thing = id === null ? name : `${name} (${id})`;
  const describe = () =>
    attempting(
      removing,
      thing,
      "ec2:DescribeSecurityGroups",
      () => groupsBy(ec2, { [`tag:${nonceKey}`]: [nonce] }),
    );
  const found = await poll(async () => nonEmpty(await describe()), settle) ?? [];
  if (found.length === 0) {
    await refuseForeign(ec2, id, thing);
    return "already gone";
  }
  for (const group of found) await removeOne(ec2, group, { removing, thing, nonce }, gone);
  return "removed";
}

const nonEmpty = <T>(all: readonly T[]) => all.length === 0 ? null : all;

/** What has the id, and not our nonce, is somebody else's by now. */
async function refuseForeign(ec2: Ec2, id: string | null, thing: string): Promise<void> {
  if (id === null) return;
  const action = "remove the security group";
  const there = await attempting(
    action,
    thing,
    "ec2:DescribeSecurityGroups",
    () => groupsBy(ec2, { "group-id": [id] }),
  );
  if (there.length === 0) return;
  throw new UserError({
    action,
    thing,
    found: "it is there without the tag that this run gave it, so it was left alone",
    expected: `the tag ${nonceKey} of the ledger`,
    remedy: "Remove it by hand if it is of no use any more.",
  });
}

async function removeOne(
  ec2: Ec2,
  { id }: SecurityGroup,
  { removing, thing, nonce }: { removing: string; thing: string; nonce: string },
  gone: Polling,
): Promise<void> {
  const { client, sdk } = ec2;
  let said = "it is still there";
  const note = (problem: string) => void (said = problem);
  const over = await poll(async () => {
    const used = await passing(
      removing,
      thing,
      "ec2:DescribeInstances",
      () => instancesBy(ec2, { "instance.group-id": [id] }),
      note,
    );
    if (used === null) return null;
    const users = used.filter(({ state }) => state !== "terminated");
    refuseUsers(users, removing, thing);
    if (users.length > 0) return note(`${users.map((each) => each.id).join(", ")} use it`), null;
    const tried = await passing(removing, thing, "ec2:DeleteSecurityGroup", async () => {
      try {
        await client.send(new sdk.DeleteSecurityGroupCommand({ GroupId: id }));
      } catch (error) {
        // Network interfaces go a little later than their instances.
        if (codeOf(error) === "DependencyViolation") note("a network interface still uses it");
        else if (!/^InvalidGroup(Id)?\.NotFound$/.test(codeOf(error))) throw error;
      }
      return true;
    }, note);
    if (tried === null) return null;
    const left = await passing(
      removing,
      thing,
      "ec2:DescribeSecurityGroups",
      () => groupsBy(ec2, { [`tag:${nonceKey}`]: [nonce], "group-id": [id] }),
      note,
    );
    return left?.length === 0 ? true : null;
  }, gone);
  if (over) return;
  throw new UserError({
    action: removing,
    thing,
    found: said,
    remedy: "Run the same command again in a minute.",
  });
}

/** An instance that goes on running will not let it go. */
function refuseUsers(users: readonly Instance[], action: string, thing: string): void {
  const staying = users.filter(({ state }) => state !== "shutting-down");
  if (staying.length === 0) return;
  throw new UserError({
    action,
    thing,
    found: `${staying.map(({ id, state }) => `${id} (${state})`).join(", ")} use it`,
    remedy: "Run the same command again once they are terminated.",
  });
}
