import assert from "node:assert/strict";
import { sageMakerControl } from "../../../lib/aws/mod.ts";
import type { DeploymentSpec } from "../../../lib/core/mod.ts";
import { owed } from "../../../lib/deploy/ledger.ts";
import type { Experiment } from "../../../lib/deploy/mod.ts";
import { endpointPlan } from "../../../lib/deploy/sagemaker/endpoint_plan.ts";
import { cleanUp, cloudCases, failing } from "../instances/on_cloud.ts";
import { bucketFolder, deployment, djl, nothing, onSageMaker, present } from "./sagemaker_scene.ts";

const cases = cloudCases("what goes wrong, and a run that is begun again", "SageMaker");
const removed = (count: number) => Array(count).fill("removed");

cases.add("an endpoint that fails says SageMaker's reason and where its log is", async (cloud) => {
  await using scene = await deployment();
  const { run, context, target } = scene;
  const { name } = endpointPlan(onSageMaker(), context);
  const reason =
    "The primary container for production variant AllTraffic did not pass the ping health check.";
  await cloud.endpointLife({ name, end: "Failed", reason });
  await assert.rejects(
    target.deploy(onSageMaker(), context),
    failing(
      new RegExp(
        `^Cannot bring the SageMaker endpoint into service for "small, first": ${name} is Failed: The primary .* ` +
          `ping health check\\. See its log: aws logs tail /aws/sagemaker/Endpoints/${name} --region us-east-1$`,
      ),
    ),
  );
  assert.deepEqual(owed(run).map(({ id }) => id === null), [false, false, false]);
  assert.deepEqual([await cleanUp(run, target), await present(), owed(run)], [removed(3), nothing, []]);
});

cases.add("for want of capacity or quota another remedy is said", async (cloud) => {
  for (
    const [reason, remedy] of [
      [
        "Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error.",
        /another region/,
      ],
      ["The account-level service limit 'ml.g5.xlarge for endpoint usage' is 0 Instances.", /Service Quotas/],
    ] as const
  ) {
    await using scene = await deployment();
    const { run, context, target } = scene;
    await cloud.endpointLife({ name: endpointPlan(onSageMaker(), context).name, end: "Failed", reason });
    await assert.rejects(target.deploy(onSageMaker(), context), failing(remedy));
    assert.deepEqual(await cleanUp(run, target), removed(3));
  }
});

cases.add("an endpoint that does not come in time is removed as soon as SageMaker lets it", async (cloud) => {
  await using scene = await deployment();
  const { run, context, target } = scene;
  await cloud.endpointLife({
    name: endpointPlan(onSageMaker(), context).name,
    creating_s: 1,
    deleting_s: 0.3,
  });
  await assert.rejects(
    target.deploy(onSageMaker(), { ...context, ready_timeout_ms: 100 }),
    failing(
      /after 0 s fmbench-\S+ is Creating; expected InService\. Set ready_timeout_seconds higher; its log: /,
    ),
  );
  assert.deepEqual([await cleanUp(run, target), await present()], [removed(3), nothing]);
  // It could be deleted a second after its creation, and had gone three tenths later.
});

cases.add(
  "one that stays Creating is said to be left, and the same command removes it later",
  async (cloud) => {
    await using scene = await deployment({ gone: { first_ms: 20, most_ms: 60, limit_ms: 200 } });
    const { run, context, target } = scene;
    const { name } = endpointPlan(onSageMaker(), context);
    await cloud.endpointLife({ name, creating_s: 10_000, deleting_s: 0 });
    await assert.rejects(
      target.deploy(onSageMaker(), { ...context, ready_timeout_ms: 50 }),
      failing(/is Creating/),
    );
    await assert.rejects(
      cleanUp(run, target),
      failing(
        new RegExp(
          `Cannot remove the endpoint "${name}": after 0 s it is still there, Creating, in us-east-1\\. Run the same command again`,
        ),
      ),
    );
    assert.deepEqual([owed(run).map(({ kind }) => kind), (await present()).endpoints], [
      ["sagemaker_endpoint"],
      [name],
    ]);
    await cloud.advance(10_000);
    assert.deepEqual([await cleanUp(run, target), await present()], [["removed"], nothing]);
  },
);

const order = ["s3:PUT", "CreateModel", "CreateEndpointConfig", "CreateEndpoint", "DescribeEndpoint"];

for (const [at, call] of order.slice(0, -1).entries()) {
  cases.add(
    `stopped by the user during ${call} nothing more is created, and what shows late is removed`,
    async (cloud) => {
      await using artifacts = await bucketFolder("artifacts");
      await using scene = await deployment({ settle: { first_ms: 20, most_ms: 60, limit_ms: 1_000 } });
      const { run, context, target } = scene;
      // The call is under way when it is given up, and done all the same.
      await cloud.fault({ target: call, kind: "latency", ms: 400 });
      const before = (await cloud.calls()).length;
      const stop = new AbortController();
      const watch = setInterval(() => {
        if (owed(run).length === at + 1) stop.abort(new Error("stopped by the user"));
      }, 5);
      await assert.rejects(
        target.deploy(onSageMaker(djl), { ...context, signal: stop.signal }),
        /stopped by the user/,
      ).finally(() => clearInterval(watch));
      assert.equal(owed(run).at(-1)!.id, null);
      assert.equal((await cleanUp(run, target)).length, at + 1);
      assert.deepEqual([await present(), await artifacts.list(), owed(run)], [nothing, [], []]);
      const calls = (await cloud.calls()).slice(before);
      assert.ok(!calls.includes(order[at + 1]!) || order[at + 1] === "DescribeEndpoint", calls.join(" "));
    },
  );
}

cases.add("what only the intent is known of is found by its name", async () => {
  await using artifacts = await bucketFolder("artifacts");
  await using scene = await deployment();
  const { run, context, target } = scene;
  await target.deploy(onSageMaker(djl), context);
  const path = `${run}/models/ledger.jsonl`;
  const lines = (await Deno.readTextFile(path)).split("\n").filter((line) => line.includes('"intent"'));
  await Deno.writeTextFile(path, lines.join("\n") + "\n");
  assert.deepEqual(owed(run).map(({ id }) => id), [null, null, null, null]);
  assert.deepEqual(await cleanUp(run, target), removed(4));
  assert.deepEqual([await present(), await artifacts.list()], [nothing, []]);
});

/** Deploys twice in one run; what of the second differs is given. */
async function again(
  target: Awaited<ReturnType<typeof deployment>>,
  said: Partial<DeploymentSpec>,
  before: () => Promise<void> = () => Promise.resolve(),
) {
  const { context } = target;
  const deploy = (experiment: Experiment) => target.target.deploy(experiment, context);
  const first = await deploy(onSageMaker());
  await before();
  return [first, await deploy(onSageMaker(said))] as const;
}

const creations = (calls: readonly string[]) => calls.filter((call) => call === "CreateEndpoint").length;

cases.add("begun again in the same run the endpoint that is in service is taken as it is", async (cloud) => {
  await using scene = await deployment();
  const before = creations(await cloud.calls());
  const [first, { ready_after_s, ...second }] = await again(scene, {});
  assert.deepEqual({ ...first, ready_after_s: undefined }, { ...second, ready_after_s });
  assert.equal(creations(await cloud.calls()) - before, 1);
  assert.deepEqual(await cleanUp(scene.run, scene.target), removed(3));
});

cases.add("begun again with something changed the old one is removed first", async (cloud) => {
  await using scene = await deployment();
  const before = creations(await cloud.calls());
  await again(scene, { env: { NEW: "1" } });
  assert.equal(creations(await cloud.calls()) - before, 2);
  const { client, sdk } = await sageMakerControl();
  const { name } = endpointPlan(onSageMaker(), scene.context);
  const { PrimaryContainer } = await client.send(new sdk.DescribeModelCommand({ ModelName: name }));
  assert.deepEqual(PrimaryContainer?.Environment, { NEW: "1" });
  assert.deepEqual(await present(), { endpoints: [name], configs: [name], models: [name] });
  assert.deepEqual([await cleanUp(scene.run, scene.target), await present()], [removed(3), nothing]);
});

cases.add("begun again after a failure it is made anew", async (cloud) => {
  await using scene = await deployment();
  const { run, context, target } = scene;
  const { name } = endpointPlan(onSageMaker(), context);
  await cloud.endpointLife({ name, end: "Failed", reason: "bad" });
  await assert.rejects(target.deploy(onSageMaker(), context), failing(/is Failed: bad\. /));
  await cloud.endpointLife({ name });
  assert.equal((await target.deploy(onSageMaker(), context)).endpoint_name, name);
  assert.deepEqual(await cleanUp(run, target), removed(3));
});

cases.add(
  "a run that was cut while SageMaker created it goes on waiting for the same endpoint",
  async (cloud) => {
    await using scene = await deployment();
    const { run, context, target } = scene;
    const { name } = endpointPlan(onSageMaker(), context);
    await cloud.endpointLife({ name, creating_s: 100 });
    await assert.rejects(
      target.deploy(onSageMaker(), { ...context, ready_timeout_ms: 50 }),
      failing(/is Creating/),
    );
    const before = creations(await cloud.calls());
    await cloud.advance(100);
    await target.deploy(onSageMaker(), context);
    assert.equal(creations(await cloud.calls()), before);
    assert.deepEqual(await cleanUp(run, target), removed(3));
  },
);

cases.add("two experiments with one ep_name get two endpoints", async () => {
  await using scene = await deployment();
  const { run, context, target } = scene;
  const [a, b] = await Promise.all(
    ["one", "two"].map((name) => target.deploy(onSageMaker({}, { name }), context)),
  );
  assert.notEqual(a!.endpoint_name, b!.endpoint_name);
  assert.deepEqual([await cleanUp(run, target), await present()], [removed(6), nothing]);
});
