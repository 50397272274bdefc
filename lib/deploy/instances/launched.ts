/** The instances of a launch: started by one call, all of them or none, and ended together. */

import { messageOf, redact, UserError } from "../../core/mod.ts";
import type { Removal } from "../deployer.ts";
import {
  attempting,
  type Ec2,
  type Instance,
  instancesBy,
  nonceKey,
  passing,
  tagSpecifications,
} from "./ec2_calls.ts";
import type { LaunchPlan } from "./launch_plan.ts";
import { poll, type Polling } from "../polling.ts";

/** Name of the volume that an image of the user's starts from. */
export function rootDevice({ client, sdk }: Ec2, image: string, experiment: string): Promise<string> {
  return attempting("look at the image for", experiment, "ec2:DescribeImages", async () => {
    const { Images = [] } = await client.send(new sdk.DescribeImagesCommand({ ImageIds: [image] }));
    const name = Images[0]?.RootDeviceName;
    if (name) return name;
    throw new UserError({
      action: "launch instances for",
      thing: experiment,
      found: `there is no image ${image} in the region`,
      expected: "ec2.launch.ami: an image of that region",
    });
  });
}

/** What the plan can't know. */
export interface LaunchDetails {
  readonly experiment: string;
  readonly root_device: string;
  readonly group_ids: readonly string[];
  readonly nonce: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly user_data: string;
}

/** Launches them; the same nonce, sent again, launches nothing more. @returns their ids */
export function runInstances(
  { client, sdk }: Ec2,
  plan: LaunchPlan,
  details: LaunchDetails,
  signal: AbortSignal,
): Promise<string[]> {
  const { experiment, root_device, group_ids, nonce, tags, user_data } = details;
  const command = new sdk.RunInstancesCommand({
    ...plan.request,
    BlockDeviceMappings: plan.request.BlockDeviceMappings!.map((each) => ({
      ...each,
      DeviceName: root_device,
    })),
    SecurityGroupIds: [...group_ids],
    ClientToken: nonce,
    TagSpecifications: tagSpecifications(["instance", "volume"], tags),
    UserData: new TextEncoder().encode(user_data).toBase64(),
  });
  return attempting("launch the instances of", experiment, "ec2:RunInstances", async () => {
    const { Instances = [] } = await client.send(command, { abortSignal: signal });
    return Instances.map(({ InstanceId }) => InstanceId!);
  });
}

/** The instances of a launch, by its nonce. */
export const byNonce = (nonce: string) => ({ [`tag:${nonceKey}`]: [nonce] });

/**
 * Waits until all of them run.
 *
 * @throws {UserError} with the service's own reason, if one of them ends or the limit passes
 */
export async function untilRunning(
  ec2: Ec2,
  ids: readonly string[],
  experiment: string,
  polling: Polling,
): Promise<Instance[]> {
  const action = "start the instances of";
  let seen: Instance[] = [];
  const running = await poll(async () => {
    const now = await passing(
      action,
      experiment,
      "ec2:DescribeInstances",
      () => instancesBy(ec2, { "instance-id": ids }),
    );
    if (now === null) return null;
    seen = now;
    refuseEnded(seen, action, experiment);
    return seen.length === ids.length && seen.every(({ state }) => state === "running") ? seen : null;
  }, polling);
  if (running !== null) return running;
  const states = seen.map(({ id, state }) => `${id} is ${state}`).join(", ") || "they are not to be seen";
  throw new UserError({
    action,
    thing: experiment,
    found: `after ${Math.round(polling.limit_ms / 1000)} s ${states}`,
    remedy: "See the instance in the AWS console.",
  });
}

/** An instance that has ended will not answer any more: the service says why. */
export function refuseEnded(instances: readonly Instance[], action: string, experiment: string): void {
  const ended = instances.find(({ state }) => state !== "pending" && state !== "running");
  if (ended === undefined) return;
  const { id, state, reason } = ended;
  throw new UserError({
    action,
    thing: experiment,
    found: `${id} is ${state}${reason === null ? "" : ` (${redact(reason)})`}`,
    remedy: /spot/i.test(reason ?? "")
      ? "Set ec2.launch.spot: no, or try again."
      : "Correct what it says; or try again.",
  });
}

/** The last lines that an instance wrote to its console; empty when nobody may see them, or there are none. */
export async function consoleOf({ client, sdk }: Ec2, InstanceId: string): Promise<string> {
  for (const Latest of [true, false]) {
    try {
      const { Output } = await client.send(new sdk.GetConsoleOutputCommand({ InstanceId, Latest }));
      return new TextDecoder().decode(Uint8Array.fromBase64(Output ?? ""));
    } catch (error) {
      // Types before Nitro have no latest output.
      if (!/latest/i.test(messageOf(error))) return "";
    }
  }
  return "";
}

/** What is to be ended: `ids` empty when only the intent is known. */
export interface OwedInstances {
  readonly name: string;
  readonly ids: readonly string[];
  readonly nonce: string;
}

/**
 * Terminates all instances that carry the nonce, and waits until they are terminated.
 *
 * @param settle how long what was just created may take to show
 * @throws {UserError} if one is still there, or what has the id does not carry our nonce
 */
export async function endInstances(
  ec2: Ec2,
  owed: OwedInstances,
  gone: Polling,
  settle: Polling,
): Promise<Removal> {
  const { client, sdk } = ec2;
  const { name, ids, nonce } = owed;
  const action = "terminate the instances";
  const thing = ids.length === 0 ? name : `${name} (${ids.join(", ")})`;
  const describe = () => instancesBy(ec2, byNonce(nonce));
  const found = await poll(async () => {
    const all = await attempting(action, thing, "ec2:DescribeInstances", describe);
    return all.length === 0 ? null : all;
  }, settle) ?? [];
  if (found.length === 0) {
    await refuseForeign(ec2, ids, action, thing);
    return "already gone";
  }
  const isGone = ({ state }: Instance) => state === "terminated";
  if (found.every(isGone)) return "already gone";
  let left: readonly Instance[] = found;
  let problem = "";
  const note = (said: string) => void (problem = `; ${said}`);
  const over = await poll(async () => {
    const toEnd = left.filter(({ state }) => state !== "terminated" && state !== "shutting-down");
    if (toEnd.length > 0) {
      const command = new sdk.TerminateInstancesCommand({ InstanceIds: toEnd.map(({ id }) => id) });
      await passing(action, thing, "ec2:TerminateInstances", () => client.send(command), note);
    }
    left = await passing(action, thing, "ec2:DescribeInstances", describe, note) ?? left;
    return left.every(isGone) ? true : null;
  }, gone);
  if (over) return "removed";
  throw new UserError({
    action,
    thing,
    found: left.filter((each) => !isGone(each)).map(({ id, state }) => `${id} is ${state}`).join(", ") +
      problem,
    remedy: "Run the same command again in a minute.",
  });
}

/** What has one of the ids, and not our nonce, is not this run's any more. */
async function refuseForeign(ec2: Ec2, ids: readonly string[], action: string, thing: string): Promise<void> {
  if (ids.length === 0) return;
  const there = await attempting(
    action,
    thing,
    "ec2:DescribeInstances",
    () => instancesBy(ec2, { "instance-id": ids }),
  );
  const foreign = there.filter(({ state }) => state !== "terminated");
  if (foreign.length === 0) return;
  throw new UserError({
    action,
    thing,
    found: `${
      foreign.map(({ id }) => id).join(", ")
    } is there without the tag that this run gave it, so it was left alone`,
    expected: `the tag ${nonceKey} of the ledger`,
    remedy: "Terminate it by hand if it is of no use any more.",
  });
}
