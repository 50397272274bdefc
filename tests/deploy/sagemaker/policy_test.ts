import assert from "node:assert/strict";
import { join } from "node:path";
import { owed } from "../../../lib/deploy/ledger.ts";
import { projectRoot } from "../../../lib/pipeline/project.ts";
import { cleanUp, cloudCases, failing } from "../instances/on_cloud.ts";
import { withModelHub } from "./model_hub.ts";
import { bucketFolder, deployment, djl, nothing, onSageMaker, present } from "./sagemaker_scene.ts";

interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const document = JSON.parse(await Deno.readTextFile(join(projectRoot, "docs", "iam", "sagemaker.json"))) as {
  Version: string;
  Statement: readonly Statement[];
};
const listed = (value: string | readonly string[]) => typeof value === "string" ? [value] : value;
const actions = [...new Set(document.Statement.flatMap(({ Action }) => listed(Action)))];

/** moto looks at actions alone: of resources and conditions it refuses what it does not know. */
const actionsOnly = (without: string | null = null, more: readonly string[] = []) => ({
  Version: document.Version,
  Statement: [{
    Effect: "Allow",
    Action: [...actions.filter((each) => each !== without), ...more],
    Resource: "*",
  }],
});

const cases = cloudCases(
  "docs/iam/sagemaker.json, its actions checked and its conditions not",
  "SageMaker",
);

cases.add("it is enough for the whole way, signatures checked", async (cloud) => {
  await using bucket = await bucketFolder("artifacts");
  await using scene = await deployment();
  const { run, context, target } = scene;
  await cloud.as(actionsOnly(), async () => {
    const endpoint = await target.deploy(onSageMaker(djl), context);
    assert.ok(await target.isAlive(endpoint));
    // Endpoint, configuration, model, and the artefact that the model's tags lead to.
    assert.equal((await target.findTagged!({ regions: ["us-east-1"], env: {}, log() {} })).length, 4);
    assert.deepEqual(await cleanUp(run, target), ["removed", "removed", "removed", "removed"]);
  });
  assert.deepEqual([await present(), await bucket.list()], [nothing, []]);
});

cases.add(
  "it is enough for a model of the Hub that is placed in the bucket",
  (cloud) =>
    withModelHub(async ({ endpoint: HF_ENDPOINT }) => {
      await using bucket = await bucketFolder("artifacts");
      await using scene = await deployment();
      const cache = await Deno.makeTempDir();
      const { run, target } = scene;
      const context = { ...scene.context, env: { HF_ENDPOINT, XDG_CACHE_HOME: cache } };
      const said = { ...djl, model_s3_path: "s3://artifacts/small", download_from_hf_place_in_s3: true };
      // moto has a name of its own for what AWS allows by s3:ListBucket.
      await cloud.as(actionsOnly(null, ["s3:HeadBucket"]), async () => {
        await target.deploy(onSageMaker(said, { model_id: "org/model" }), context);
        assert.equal((await cleanUp(run, target)).length, 5);
      });
      assert.deepEqual(await bucket.list(), []);
      await Deno.remove(cache, { recursive: true });
    }),
);

const needed = {
  creating: [
    "s3:PutObject",
    "sagemaker:CreateModel",
    "sagemaker:CreateEndpointConfig",
    "sagemaker:CreateEndpoint",
    "sagemaker:DescribeEndpoint",
  ],
  removing: [
    "sagemaker:DescribeEndpoint",
    "sagemaker:ListTags",
    "sagemaker:DeleteEndpoint",
    "sagemaker:DescribeEndpointConfig",
    "sagemaker:DeleteEndpointConfig",
    "sagemaker:DescribeModel",
    "sagemaker:DeleteModel",
    "s3:GetObjectTagging",
    "s3:DeleteObject",
  ],
  finding: ["sagemaker:ListEndpoints", "sagemaker:ListEndpointConfigs", "sagemaker:ListModels"],
};

for (const action of needed.creating) {
  cases.add(`without ${action} the deployment names it`, async (cloud) => {
    await using bucket = await bucketFolder("artifacts");
    await using scene = await deployment();
    const { run, context, target } = scene;
    await cloud.as(actionsOnly(action), () =>
      assert.rejects(
        target.deploy(onSageMaker(djl), context),
        failing(new RegExp(`denied.*expected .*${action}\\b`)),
      ));
    await cleanUp(run, target);
    assert.deepEqual([await present(), await bucket.list()], [nothing, []]);
  });
}

for (const action of needed.removing) {
  cases.add(
    `without ${action} the removal names it, and nothing is struck from the ledger unseen`,
    async (cloud) => {
      await using bucket = await bucketFolder("artifacts");
      await using scene = await deployment();
      const { run, context, target } = scene;
      await target.deploy(onSageMaker(djl), context);
      await cloud.as(
        actionsOnly(action),
        () => assert.rejects(cleanUp(run, target), failing(new RegExp(`denied.*expected .*${action}\\b`))),
      );
      assert.ok(owed(run).length > 0);
      await cleanUp(run, target);
      assert.deepEqual([await present(), await bucket.list(), owed(run)], [nothing, [], []]);
    },
  );
}

for (const action of needed.finding) {
  cases.add(`without ${action} the search for what is left names it`, async (cloud) => {
    await using scene = await deployment();
    const search = () => scene.target.findTagged!({ regions: ["us-east-1"], env: {}, log() {} });
    await cloud.as(
      actionsOnly(action),
      () => assert.rejects(search(), failing(new RegExp(`denied.*expected .*${action}\\b`))),
    );
  });
}

Deno.test("docs/iam/sagemaker.json: nothing is allowed by a wildcard, and everywhere only what lists", () => {
  for (const { Action, Resource } of document.Statement) {
    assert.ok(listed(Action).every((each) => !each.includes("*")), String(Action));
    if (listed(Resource).includes("*")) {
      assert.deepEqual(listed(Action).filter((each) => !/:(List|GetMetricData)/.test(each)), []);
    }
  }
});

Deno.test("docs/iam/sagemaker.json: what is created carries our tag, and only what carries it is removed", () => {
  const of = (name: RegExp) =>
    document.Statement.filter(({ Action }) => listed(Action).some((each) => name.test(each)));
  const [creating, fromConfigs, ...more] = of(/:Create/);
  assert.equal(creating!.Condition!["Null"]!["aws:RequestTag/fmbench:run-id"], "false");
  // CreateEndpoint is checked against its configuration, too, which no tag of the request belongs to.
  assert.deepEqual([fromConfigs!.Action, fromConfigs!.Resource, more], [
    "sagemaker:CreateEndpoint",
    "arn:aws:sagemaker:*:*:endpoint-config/fmbench-*",
    [],
  ]);
  const [removing, ...others] = of(/^sagemaker:Delete/);
  assert.deepEqual([removing!.Condition, others], [
    { Null: { "aws:ResourceTag/fmbench:run-id": "false" } },
    [],
  ]);
  const [tagging] = of(/:AddTags$/);
  assert.deepEqual(tagging!.Condition, { Null: { "sagemaker:TaggingAction": "false" } });
  const [passing] = of(/^iam:PassRole$/);
  assert.deepEqual(passing!.Condition, {
    StringEquals: { "iam:PassedToService": "sagemaker.amazonaws.com" },
  });
});
