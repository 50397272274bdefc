import assert from "node:assert/strict";
import { owed } from "../../../lib/deploy/ledger.ts";
import type { Fault } from "../../aws/local_cloud.ts";
import { cleanUp, cloudCases, failing } from "../instances/on_cloud.ts";
import {
  bringForeign,
  bucketFolder,
  deployment,
  djl,
  onSageMaker,
  present,
  quick,
  theirs,
} from "./sagemaker_scene.ts";
import { sageMakerTarget } from "../../../lib/deploy/sagemaker/sagemaker.ts";

const cases = cloudCases("a fault at every call", "SageMaker");

const kinds: readonly Fault["kind"][] = ["throttle", "500", "reset", "hang"];
/** So often that no repetition helps. */
const always = { times: 1_000, ms: 900 };
/** A call that hangs is given up after this. */
const control = { attempts: 1, timeout_ms: 600 };
/** All that the creation calls, in order; the tags and the state of an earlier endpoint come in a case of their own. */
const creating = [
  "s3:PUT",
  "CreateModel",
  "CreateEndpointConfig",
  "CreateEndpoint",
  "DescribeEndpoint",
] as const;
const removing = [
  "DescribeEndpoint",
  "ListTags",
  "DeleteEndpoint",
  "DescribeEndpointConfig",
  "DeleteEndpointConfig",
  "DescribeModel",
  "DeleteModel",
  "s3:GET",
  "s3:DELETE",
] as const;

for (const kind of kinds) {
  for (const target of creating) {
    cases.add(`${kind} at ${target} ends the deployment, and what there is is removed`, async (cloud) => {
      await bringForeign();
      await using bucket = await bucketFolder("artifacts");
      await using scene = await deployment({ control });
      const { run, context } = scene;
      await cloud.fault({ target, kind, ...always });
      await assert.rejects(
        scene.target.deploy(onSageMaker(djl), { ...context, ready_timeout_ms: 1_000 }),
        failing(/^Cannot (create|upload|bring) /),
      );
      await cloud.clearFaults();
      // What hangs is done late: a call that was given up may still create something.
      if (kind === "hang") await new Promise((resolve) => setTimeout(resolve, always.ms));
      const begun = owed(run).length;
      assert.ok(begun > 0);
      assert.equal((await cleanUp(run, scene.target)).length, begun);
      assert.deepEqual([await present(), await bucket.list(), owed(run)], [theirs, [], []]);
    });
  }
  for (const target of removing) {
    cases.add(
      `${kind} at ${target} is said by the removal, and the same command removes it`,
      async (cloud) => {
        await bringForeign();
        await using bucket = await bucketFolder("artifacts");
        await using scene = await deployment();
        const { run, context, target: patient } = scene;
        await patient.deploy(onSageMaker(djl), context);
        const gone = { ...quick.gone, limit_ms: 500 };
        const hasty = sageMakerTarget({ ...quick, control, gone });
        // What hangs here is done long after the removal has given up: done in time, it would be a success.
        await cloud.fault({ target, kind, ...always, ms: 6_000 });
        await assert.rejects(cleanUp(run, hasty), failing(/^Cannot (remove|look at) /));
        const left = owed(run).length;
        assert.ok(left > 0);
        await cloud.clearFaults();
        assert.equal((await cleanUp(run, patient)).length, left);
        assert.deepEqual([await present(), await bucket.list(), owed(run)], [theirs, [], []]);
      },
    );
  }
}

for (const kind of ["throttle", "500", "503", "reset"] as const) {
  cases.add(`${kind} once at every call is passed over: the call is sent again`, async (cloud) => {
    await using bucket = await bucketFolder("artifacts");
    await using scene = await deployment();
    const { run, context, target } = scene;
    for (const call of new Set([...creating, ...removing])) await cloud.fault({ target: call, kind });
    await target.deploy(onSageMaker(djl), context);
    assert.equal((await cleanUp(run, target)).length, 4);
    assert.deepEqual([(await present()).models, await bucket.list()], [[], []]);
  });
}

cases.add(
  "an answer that got lost is no other endpoint: the call that follows it finds ours",
  async (cloud) => {
    await using _bucket = await bucketFolder("artifacts");
    await using scene = await deployment({ control: { attempts: 3, timeout_ms: 600 } });
    const { run, context, target } = scene;
    // Done after the client has given up: its second try meets what the first one made.
    for (const call of ["CreateModel", "CreateEndpointConfig", "CreateEndpoint"]) {
      await cloud.fault({ target: call, kind: "hang", ms: 650 });
    }
    await target.deploy(onSageMaker(djl), context);
    const { endpoints, configs, models } = await present();
    assert.deepEqual([endpoints.length, configs.length, models.length], [1, 1, 1]);
    assert.deepEqual(await cleanUp(run, target), ["removed", "removed", "removed", "removed"]);
  },
);
