import assert from "node:assert/strict";
import { sageMakerControl } from "../../../lib/aws/mod.ts";
import { deployerFor } from "../../../lib/deploy/mod.ts";
import { owed, record } from "../../../lib/deploy/ledger.ts";
import { tagsOf } from "../../../lib/deploy/ownership.ts";
import { cleanUp, cloudCases, failing } from "../instances/on_cloud.ts";
import {
  bringForeign,
  bucketFolder,
  deployment,
  djl,
  foreign,
  nothing,
  onSageMaker,
  present,
  theirs,
} from "./sagemaker_scene.ts";

const cases = cloudCases("what is not the run's", "SageMaker");

cases.add("a brought endpoint is used and left as it is, and no call changes anything", async (cloud) => {
  await bringForeign();
  await using scene = await deployment();
  const brought = onSageMaker({}, { deploy: false, deployment: null, ep_name: foreign });
  assert.equal(scene.target.serves(brought), false);
  const before = (await cloud.calls()).length;
  const endpoint = await deployerFor(brought).deploy(brought, scene.context);
  assert.deepEqual([endpoint.deployed, endpoint.endpoint_name, endpoint.deployer], [
    false,
    foreign,
    undefined,
  ]);
  assert.deepEqual(await cleanUp(scene.run, scene.target), []);
  assert.deepEqual((await cloud.calls()).slice(before), []);
  assert.deepEqual(await present(), theirs);
});

cases.add(
  "an endpoint with a name like ours and no tags of ours is not found as something left",
  async () => {
    await bringForeign();
    await using scene = await deployment();
    assert.deepEqual(await scene.target.findTagged!({ regions: ["us-east-1"], env: {}, log() {} }), []);
  },
);

for (const kind of ["sagemaker_endpoint", "sagemaker_endpoint_config", "sagemaker_model"]) {
  for (const id of [null, "arn"]) {
    const known = id === null ? "the intent of it" : "it";
    cases.add(
      `${kind}: a ledger that has ${known} under a name that is another's removes nothing`,
      async () => {
        await bringForeign();
        await using scene = await deployment();
        const { run, context, target } = scene;
        const tags = { ...tagsOf(context.ownership, "small"), region: "us-east-1" };
        record(run, "intent", { kind, name: foreign, id, tags });
        await assert.rejects(
          cleanUp(run, target),
          failing(/"fmbench-production": it does not carry the tags of run .*left alone.*Remove it yourself/),
        );
        assert.equal(owed(run).length, 1);
        assert.deepEqual(await present(), theirs);
      },
    );
  }
}

cases.add("what another run has deployed under the same account stays when this one is removed", async () => {
  await using bucket = await bucketFolder("artifacts");
  await using other = await deployment();
  await using own = await deployment();
  await other.target.deploy(onSageMaker(djl), other.context);
  await own.target.deploy(onSageMaker(djl), own.context);
  assert.equal((await present()).endpoints.length, 2);
  await cleanUp(own.run, own.target);
  const left = await present();
  assert.deepEqual([left.endpoints.length, left.configs.length, left.models.length], [1, 1, 1]);
  assert.equal((await bucket.list()).length, 1);
  await cleanUp(other.run, other.target);
  assert.deepEqual([await present(), await bucket.list()], [nothing, []]);
});

cases.add("an object that somebody put in place of our artefact is left alone", async () => {
  await using bucket = await bucketFolder("artifacts");
  await using scene = await deployment();
  const { run, context, target } = scene;
  await target.deploy(onSageMaker(djl), context);
  const [key] = await bucket.list();
  await bucket.write(key!, "theirs");
  await assert.rejects(cleanUp(run, target), failing(/does not carry the tags of run .*left alone/));
  assert.equal(await bucket.readText(key!), "theirs");
  assert.deepEqual([await present(), owed(run).length], [nothing, 1]);
});

cases.add("a name that is taken by somebody else ends the deployment, and theirs stays", async () => {
  await using scene = await deployment();
  const { run, context, target } = scene;
  const { actions } = await target.plan(onSageMaker(), context);
  const name = actions.find(({ what }) => what.startsWith("sagemaker:CreateModel "))!.what.split(" ")[1]!;
  const { client, sdk } = await sageMakerControl();
  await client.send(
    new sdk.CreateModelCommand({
      ModelName: name,
      ExecutionRoleArn: "arn:aws:iam::123456789012:role/them",
      PrimaryContainer: { Image: "123456789012.dkr.ecr.us-east-1.amazonaws.com/theirs:1" },
    }),
  );
  client.destroy();
  await assert.rejects(target.deploy(onSageMaker(), context), failing(/CreateModel.*already existing/));
  await assert.rejects(cleanUp(run, target), failing(/left alone/));
  assert.deepEqual((await present()).models, [name]);
});
