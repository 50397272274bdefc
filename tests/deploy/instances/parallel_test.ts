import assert from "node:assert/strict";
import { deployAll } from "../../../lib/deploy/deployments.ts";
import { owed } from "../../../lib/deploy/ledger.ts";
import { alive, deployment, groups } from "./account.ts";
import { between, refusal } from "./between.ts";
import { launched } from "./launch_scene.ts";
import { cleanUp, cloudCases } from "./on_cloud.ts";

const cases = cloudCases("two instance types at the same time");

cases.add("both are launched before the first one answers", async (cloud) => {
  await using way = between(cloud.url, () => null);
  await using scene = await deployment({ control: { attempts: 1, endpoint: way.url } });
  const { run, context, target } = scene;
  const types = ["g5.2xlarge", "g6.2xlarge"].map((instance_type) =>
    launched({ own: { name: instance_type, instance_type } })
  );
  scene.server.status = 503;
  const waiting = async () => {
    if (way.calls.filter((call) => call === "RunInstances").length === 2) scene.server.status = 200;
    await Promise.resolve();
  };
  const { endpoints, failures } = await deployAll(types, () => ({ ...context, waiting }), {
    deployerOf: () => target,
  });
  assert.deepEqual([endpoints.map(({ instance_type }) => instance_type), failures], [[
    "g5.2xlarge",
    "g6.2xlarge",
  ], []]);
  assert.deepEqual([(await alive()).length, (await groups()).length, owed(run).length], [2, 2, 4]);
  assert.deepEqual(await cleanUp(run, target), Array(4).fill("removed"));
  assert.deepEqual([await alive(), await groups()], [[], []]);
});

cases.add(
  "one without capacity does not stop the other, and its group is removed with the rest",
  async (cloud) => {
    let runs = 0;
    await using way = between(
      cloud.url,
      (action) =>
        action === "RunInstances" && ++runs === 1
          ? refusal("InsufficientInstanceCapacity", "We currently do not have sufficient capacity.")
          : null,
    );
    await using scene = await deployment({ control: { attempts: 1, endpoint: way.url } });
    const { run, context, target } = scene;
    const types = ["p5.48xlarge", "g6.2xlarge"].map((instance_type) =>
      launched({ own: { name: instance_type, instance_type } })
    );
    const { endpoints, failures } = await deployAll(types, () => context, {
      deployerOf: () => target,
    });
    assert.deepEqual([endpoints.length, failures.length], [1, 1]);
    assert.match(failures[0]!.message, /InsufficientInstanceCapacity/);
    assert.notEqual(endpoints[0]!.experiment_name, failures[0]!.experiment_name);
    assert.equal((await alive()).length, 1);
    assert.deepEqual((await cleanUp(run, target)).sort(), ["already gone", "removed", "removed", "removed"]);
    assert.deepEqual([await alive(), await groups(), owed(run)], [[], [], []]);
  },
);
