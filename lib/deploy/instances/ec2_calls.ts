/** Calls of EC2 about what carries our tags. */

import { type ControlOptions, ec2Control } from "../../aws/mod.ts";
import { messageOf, redact } from "../../core/mod.ts";
import { attemptingWith, codeOf, mayPass } from "../service_call.ts";
import { ec2Error } from "./ec2_error.ts";

export type Ec2 = Awaited<ReturnType<typeof ec2Control>>;

/** Key of the tag by which all of one launch is known, whatever its name. */
export const nonceKey = "fmbench:nonce";

/** An instance, as far as it matters here. */
export interface Instance {
  readonly id: string;
  readonly type: string;
  /** pending, running, shutting-down, terminated, stopping or stopped */
  readonly state: string;
  /** Why it is not running, in the service's words; null: it does not say. */
  readonly reason: string | null;
  readonly public_address: string | null;
  readonly private_address: string | null;
  readonly tags: Readonly<Record<string, string>>;
}

export interface SecurityGroup {
  readonly id: string;
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** Values of filters by their names: `tag:fmbench:nonce`, `instance-id`. */
export type Filters = Readonly<Record<string, readonly string[]>>;

const filtersOf = (filters: Filters) =>
  Object.entries(filters).map(([Name, Values]) => ({ Name, Values: [...Values] }));

/** Opens EC2 in a region, and closes it. */
export async function withEc2<T>(options: ControlOptions, body: (ec2: Ec2) => Promise<T>): Promise<T> {
  const ec2 = await ec2Control(options);
  try {
    return await body(ec2);
  } finally {
    ec2.client.destroy();
  }
}

/** All instances that the filters fit, also those that are terminated as long as the service tells of them. */
export async function instancesBy({ client, sdk }: Ec2, filters: Filters): Promise<Instance[]> {
  const found: Instance[] = [];
  for await (const page of sdk.paginateDescribeInstances({ client }, { Filters: filtersOf(filters) })) {
    for (const { Instances = [] } of page.Reservations ?? []) {
      found.push(...Instances.map((each): Instance => ({
        id: each.InstanceId ?? "",
        type: each.InstanceType ?? "",
        state: each.State?.Name ?? "pending",
        reason: each.StateReason?.Message || each.StateTransitionReason || null,
        public_address: each.PublicIpAddress || null,
        private_address: each.PrivateIpAddress || null,
        tags: tagsFrom(each.Tags),
      })));
    }
  }
  return found;
}

/** All security groups that the filters fit. */
export async function groupsBy({ client, sdk }: Ec2, filters: Filters): Promise<SecurityGroup[]> {
  const found: SecurityGroup[] = [];
  for await (const page of sdk.paginateDescribeSecurityGroups({ client }, { Filters: filtersOf(filters) })) {
    found.push(...(page.SecurityGroups ?? []).map((each): SecurityGroup => ({
      id: each.GroupId ?? "",
      name: each.GroupName ?? "",
      tags: tagsFrom(each.Tags),
    })));
  }
  return found;
}

function tagsFrom(tags: readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined) {
  return Object.fromEntries((tags ?? []).map(({ Key = "", Value = "" }) => [Key, Value]));
}

/** Tags as a call that creates takes them, for each kind of what it creates. */
export function tagSpecifications(
  kinds: readonly ("instance" | "volume" | "security-group")[],
  tags: Readonly<Record<string, string>>,
) {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  return kinds.map((ResourceType) => ({ ResourceType, Tags }));
}

/** Makes calls whose errors say what was to be done. */
export const attempting = attemptingWith(ec2Error);

const throttled = ["RequestLimitExceeded", "Throttling", "ThrottlingException"];

/**
 * The same, and null when it failed for a moment: whoever looks again and again hears of it at the end only.
 *
 * @param note is told what failed
 */
export async function passing<T>(
  action: string,
  thing: string,
  call: string,
  work: () => Promise<T>,
  note: (said: string) => void = () => {},
): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (!mayPass(error, throttled)) throw ec2Error({ action, thing, call }, error);
    note(`${call}: ${codeOf(error)}: ${redact(messageOf(error))}`);
    return null;
  }
}
