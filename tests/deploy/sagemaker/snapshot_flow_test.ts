/** A model of the Hub on its way through S3 to an endpoint. */

import assert from "node:assert/strict";
import { owed } from "../../../lib/deploy/ledger.ts";
import { cleanUp, cloudCases, failing } from "../instances/on_cloud.ts";
import { withModelHub } from "./model_hub.ts";
import { bucketFolder, deployment, djl, nothing, onSageMaker, present } from "./sagemaker_scene.ts";

const cases = cloudCases("a model of the Hub placed in S3", "SageMaker");

cases.add(
  "it is there before the endpoint is made, is found without the ledger, and goes with it",
  (cloud) =>
    withModelHub(async ({ endpoint: HF_ENDPOINT }) => {
      await using weights = await bucketFolder("weights");
      await using artifacts = await bucketFolder("artifacts");
      await using scene = await deployment();
      const cache = await Deno.makeTempDir();
      const { run, target } = scene;
      const env = { HF_ENDPOINT, XDG_CACHE_HOME: cache };
      const context = { ...scene.context, env };
      const model_s3_path = "s3://weights/models/small";
      const experiment = onSageMaker(
        { ...djl, model_s3_path, download_from_hf_place_in_s3: true },
        { model_id: "org/model" },
      );
      try {
        const before = (await cloud.calls()).length;
        await target.deploy(experiment, context);
        const calls = (await cloud.calls()).slice(before);
        // The record, three files, the record again; then the artefact and the model.
        const creating = calls.filter((call) => /^(s3:PUT|Create)/.test(call));
        assert.deepEqual(creating, [
          ...Array.from({ length: 6 }, () => "s3:PUT"),
          ...["CreateModel", "CreateEndpointConfig", "CreateEndpoint"],
        ]);
        assert.equal((await weights.list()).length, 4);
        const { detail } = (await target.plan(experiment, context)).actions.find(({ what }) =>
          what === "serving.properties"
        )!;
        assert.match(detail!, /^option\.model_id=s3:\/\/weights\/models\/small\/?$/m);
        const found = await target.findTagged!({ regions: ["us-east-1"], env, log() {} });
        assert.deepEqual(found.map(({ kind }) => kind), [
          "sagemaker_endpoint",
          "sagemaker_endpoint_config",
          "sagemaker_model",
          "sagemaker_artifact",
          "sagemaker_snapshot",
        ]);
        // All that was found goes without the ledger, in that order.
        for (const resource of found) {
          const removal = await target.remove(resource, { run_dir: null, env, log() {} });
          assert.equal(removal, "removed", resource.kind);
        }
        assert.deepEqual([await present(), await weights.list(), await artifacts.list()], [nothing, [], []]);
        assert.deepEqual(await cleanUp(run, target), Array.from({ length: 5 }, () => "already gone"));
        assert.deepEqual(owed(run), []);
      } finally {
        await Deno.remove(cache, { recursive: true });
      }
    }),
);

cases.add(
  "after an endpoint that failed the model is not placed a second time",
  (cloud) =>
    withModelHub(async ({ endpoint: HF_ENDPOINT, asked }) => {
      await using weights = await bucketFolder("weights");
      await using _artifacts = await bucketFolder("artifacts");
      await using scene = await deployment();
      const cache = await Deno.makeTempDir();
      const { run, target } = scene;
      const context = { ...scene.context, env: { HF_ENDPOINT, XDG_CACHE_HOME: cache } };
      const experiment = onSageMaker(
        { ...djl, model_s3_path: "s3://weights/small", download_from_hf_place_in_s3: true },
        { model_id: "org/model" },
      );
      try {
        const { actions } = await target.plan(experiment, context);
        const name = actions.find(({ what }) => what.startsWith("sagemaker:CreateEndpoint "))!.what.split(
          " ",
        )[1]!;
        await cloud.endpointLife({ name, end: "Failed", reason: "no capacity" });
        await assert.rejects(target.deploy(experiment, context), failing(/no capacity/));
        await cloud.endpointLife({ name });
        await target.deploy(experiment, context);
        assert.equal(asked.length, 3);
        assert.equal((await cleanUp(run, target)).length, 5);
        assert.deepEqual([await present(), await weights.list()], [nothing, []]);
      } finally {
        await Deno.remove(cache, { recursive: true });
      }
    }),
);
