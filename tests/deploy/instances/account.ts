/** An account of EC2 for tests (moto stands for it), with a target that is as quick as a test wants it to be. */

import type { ControlOptions } from "../../../lib/aws/mod.ts";
import { type Filters, groupsBy, instancesBy, withEc2 } from "../../../lib/deploy/instances/ec2_calls.ts";
import { type InstancesSettings, instancesTarget } from "../../../lib/deploy/instances/instances.ts";
import type { DeployContext, Deployer } from "../../../lib/deploy/mod.ts";
import { scene } from "../scene.ts";

const quick = (limit_ms: number) => ({ first_ms: 5, most_ms: 20, limit_ms });
/** One attempt: a fault that is injected once is a fault. */
export const once: ControlOptions = { attempts: 1, timeout_ms: 10_000 };

/** Times of a test. */
export const settings: Partial<InstancesSettings> = {
  control: once,
  start: quick(1_000),
  health: { first_ms: 5, most_ms: 20 },
  gone: quick(1_000),
  settle: quick(30),
  probe_timeout_ms: 500,
  look_every_ms: 50,
};

/** A server that stands for those on instances: every address leads to it. */
export interface Played extends AsyncDisposable {
  readonly originOf: (address: string, port: number) => string;
  /** Addresses and ports that were asked for, in order, each once. */
  readonly places: string[];
  /** Paths that were asked for. */
  readonly paths: Set<string>;
  status: number;
}

export function played(): Played {
  const [places, paths]: [string[], Set<string>] = [[], new Set()];
  const one = {
    places,
    paths,
    status: 200,
    originOf(address: string, port: number) {
      if (!places.includes(`${address}:${port}`)) places.push(`${address}:${port}`);
      return `http://127.0.0.1:${server.addr.port}`;
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    paths.add(new URL(request.url).pathname);
    return new Response("", { status: one.status });
  });
  return one;
}

/** A run of its own, a server, and a target that finds it. */
export async function deployment(
  given: Partial<InstancesSettings> = {},
): Promise<
  AsyncDisposable & {
    run: string;
    context: DeployContext;
    logged: string[];
    server: Played;
    target: Deployer;
  }
> {
  const server = played();
  const target = instancesTarget({ ...settings, originOf: server.originOf, ...given });
  const { run, context, logged } = await scene();
  return {
    ...{ run, logged, server, target },
    context: { ...context, ready_timeout_ms: 2_000 },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const region = "us-east-1";
const patient: ControlOptions = { region, attempts: 5 };

/** What there is that is not terminated. */
export function alive(filters: Filters = {}) {
  return withEc2(
    patient,
    async (ec2) =>
      (await instancesBy(ec2, filters)).filter(({ state }) => state !== "terminated").map(({ id }) => id),
  );
}

/** Security groups but for those that every account has. */
export function groups(filters: Filters = {}) {
  return withEc2(
    patient,
    async (ec2) =>
      (await groupsBy(ec2, filters)).filter(({ name }) => name !== "default").map(({ name }) => name),
  );
}

/** An instance and a group that are somebody else's; its name begins like ours. */
export function foreign(): Promise<{ instance: string; group: string }> {
  return withEc2(patient, async ({ client, sdk }) => {
    const name = "fmbench-of-somebody-else";
    const { GroupId } = await client.send(
      new sdk.CreateSecurityGroupCommand({ GroupName: name, Description: name }),
    );
    const { Instances } = await client.send(
      new sdk.RunInstancesCommand({
        ImageId: "ami-12c6146b",
        InstanceType: "g5.xlarge",
        MinCount: 1,
        MaxCount: 1,
        TagSpecifications: [{ ResourceType: "instance", Tags: [{ Key: "Name", Value: name }] }],
      }),
    );
    return { instance: Instances![0]!.InstanceId!, group: GroupId! };
  });
}
