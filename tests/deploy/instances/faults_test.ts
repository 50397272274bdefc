import assert from "node:assert/strict";
import { withEc2 } from "../../../lib/deploy/instances/ec2_calls.ts";
import { owed } from "../../../lib/deploy/ledger.ts";
import type { Fault } from "../../aws/local_cloud.ts";
import { alive, deployment, foreign, groups } from "./account.ts";
import { launched } from "./launch_scene.ts";
import { cleanUp, cloudCases, failing } from "./on_cloud.ts";

const cases = cloudCases("a fault at every call");

const kinds: readonly Fault["kind"][] = ["throttle", "500", "reset", "hang"];
/** So often that no repetition helps. */
const always = { times: 1_000, ms: 900 };
/** A call that hangs is given up after this. */
const control = { attempts: 1, timeout_ms: 700 };

/** All that the creation calls, in order: an image and a subnet of the user's take two calls more. */
const creating = [
  "DescribeImages",
  "DescribeSubnets",
  "CreateSecurityGroup",
  "AuthorizeSecurityGroupIngress",
  "RunInstances",
  "DescribeInstances",
] as const;
const removing = [
  "DescribeInstances",
  "TerminateInstances",
  "DescribeSecurityGroups",
  "DeleteSecurityGroup",
] as const;

/** The subnet that every account has. */
async function subnet(): Promise<string> {
  return await withEc2(
    {},
    async ({ client, sdk }) => (await client.send(new sdk.DescribeSubnetsCommand({}))).Subnets![0]!.SubnetId!,
  );
}

for (const kind of kinds) {
  for (const target of creating) {
    cases.add(`${kind} at ${target} ends the deployment, and what there is is removed`, async (cloud) => {
      const others = await foreign();
      const launch = { ami: "ami-12c6146b", subnet_id: await subnet() };
      await using scene = await deployment({ control });
      const { run, context, target: instances } = scene;
      await cloud.fault({ target, kind, ...always });
      await assert.rejects(
        instances.deploy(launched({ launch }), context),
        failing(/^Cannot (launch|make|find|look|start) /),
      );
      await cloud.clearFaults();
      // What hangs is done late: a call that was given up may still create something.
      if (kind === "hang") await new Promise((resolve) => setTimeout(resolve, always.ms));
      const begun = owed(run).length;
      const outcomes = await cleanUp(run, instances);
      assert.equal(outcomes.length, begun);
      assert.deepEqual([await alive(), await groups(), owed(run)], [
        [others.instance],
        ["fmbench-of-somebody-else"],
        [],
      ]);
    });
  }
  for (const target of removing) {
    cases.add(
      `${kind} at ${target} is said by the removal, and the same command removes it`,
      async (cloud) => {
        const others = await foreign();
        await using scene = await deployment({ control });
        const { run, context, target: instances } = scene;
        await instances.deploy(launched(), context);
        // What hangs here is done long after the removal has given up: done in time, it would be a success.
        await cloud.fault({ target, kind, ...always, ms: 6_000 });
        await assert.rejects(cleanUp(run, instances), failing(/^Cannot (terminate|remove) /));
        assert.ok(owed(run).length > 0);
        await cloud.clearFaults();
        await cleanUp(run, instances);
        assert.deepEqual([await alive(), await groups(), owed(run)], [
          [others.instance],
          ["fmbench-of-somebody-else"],
          [],
        ]);
      },
    );
  }
}

for (const kind of ["throttle", "500", "reset"] as const) {
  cases.add(`one ${kind} at each call is passed over`, async (cloud) => {
    await using scene = await deployment({ control: { attempts: 3 } });
    const { run, context, target } = scene;
    const once = (all: readonly string[]) =>
      Promise.all(all.map((target) => cloud.fault({ target, kind, times: 1 })));
    await once(creating);
    await target.deploy(launched(), context);
    await once(removing);
    assert.deepEqual(await cleanUp(run, target), ["removed", "removed"]);
    assert.deepEqual([await alive(), await groups()], [[], []]);
  });
}
