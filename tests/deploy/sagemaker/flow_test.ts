/** The whole way of an endpoint on what stands for an account of AWS, and what is used of it meanwhile. */

import assert from "node:assert/strict";
import { sageMakerControl } from "../../../lib/aws/mod.ts";
import { owed, readLedger } from "../../../lib/deploy/ledger.ts";
import { tagKeys } from "../../../lib/deploy/ownership.ts";
import { awsClients } from "../../simulate/aws_clients.ts";
import { running } from "../../simulate/running.ts";
import { cleanUp, cloudCases } from "../instances/on_cloud.ts";
import { bucketFolder, deployment, djl, nothing, onSageMaker, present } from "./sagemaker_scene.ts";

const cases = cloudCases("the whole way", "SageMaker");

const tagsOfRun = (run_id: string) => ({
  [tagKeys.run_id]: run_id,
  [tagKeys.owner]: "ada",
  [tagKeys.expires_at]: "2026-11-23T10:00:00Z",
  [tagKeys.experiment]: "small_ first",
});

cases.add("an endpoint by DJL Serving is created, waited for, and removed without a trace", async (cloud) => {
  await using scene = await deployment();
  const { run, context, target, logged } = scene;
  await using artifacts = await bucketFolder("artifacts");
  const before = (await cloud.calls()).length;
  const experiment = onSageMaker(
    { ...djl, env: { A: "${OWN}" }, ready_timeout_seconds: 900 },
    { instance_count: 2 },
  );
  const token = "hf_0123456789abcdef";
  const given = {
    ...context,
    has_hub_token: true,
    env: { OWN: "own value", AWS_ENDPOINT_URL: cloud.url },
    hubToken: () => Promise.resolve(token),
  };
  const plan = await target.plan(experiment, given);
  const waits: string[] = [];
  const endpoint = await target.deploy(experiment, { ...given, waiting: (what) => waits.push(what) });

  const name = endpoint.endpoint_name;
  // The first six digits of the SHA-256 of "small, first" (sha256sum), the name, and the run's own part.
  assert.equal(name, `fmbench-9011fd-small-${context.run_id.split("-").at(-1)}`);
  assert.ok(
    waits.every((what) => what === "small, first: SageMaker brings it into service") && waits.length > 0,
  );
  const { ready_after_s = 0, ...rest } = endpoint;
  // It is Creating for 0.2 s.
  assert.ok(ready_after_s >= 0.2 && ready_after_s < 10, String(ready_after_s));
  assert.deepEqual(rest, {
    experiment_name: "small, first",
    endpoint_name: name,
    predictor: "sagemaker",
    url: cloud.url,
    model_id: "m",
    instance_type: "ml.g5.xlarge",
    instance_count: 2,
    region: "us-east-1",
    deployed: true,
    simulated: false,
    api_key_env: null,
    deployer: "sagemaker",
    observed: { cloudwatch: { region: "us-east-1", endpoint_name: name, variant_name: "AllTraffic" } },
  });
  assert.deepEqual(await present(), { endpoints: [name], configs: [name], models: [name] });
  assert.equal(await target.isAlive(endpoint), true);

  // What SageMaker has is what the plan says, but for secrets.
  const { client, sdk } = await sageMakerControl();
  const model = await client.send(new sdk.DescribeModelCommand({ ModelName: name }));
  const artifact = `s3://artifacts/lmi/${name}/model.tar.gz`;
  assert.deepEqual(model.PrimaryContainer?.Environment, {
    A: "own value",
    HF_TOKEN: token,
    HUGGING_FACE_HUB_TOKEN: token,
  });
  assert.equal(model.PrimaryContainer?.ModelDataUrl, artifact);
  const { ProductionVariants } = await client.send(
    new sdk.DescribeEndpointConfigCommand({ EndpointConfigName: name }),
  );
  assert.deepEqual(ProductionVariants, [{
    VariantName: "AllTraffic",
    ModelName: name,
    InstanceType: "ml.g5.xlarge",
    InitialInstanceCount: 2,
    InitialVariantWeight: 1,
    ModelDataDownloadTimeoutInSeconds: 900,
    ContainerStartupHealthCheckTimeoutInSeconds: 900,
  }]);
  const { EndpointArn } = await client.send(new sdk.DescribeEndpointCommand({ EndpointName: name }));
  for (
    const [arn, more] of [[EndpointArn!, {}], [model.ModelArn!, { "fmbench:artifact": artifact }]] as const
  ) {
    const { Tags = [] } = await client.send(new sdk.ListTagsCommand({ ResourceArn: arn }));
    assert.deepEqual(Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])), {
      ...tagsOfRun(context.run_id),
      ...more,
    });
  }
  const created = (await cloud.calls()).slice(before).filter((call) => /^(Create|s3:PUT)/.test(call));
  assert.deepEqual(created, ["s3:PUT", "CreateModel", "CreateEndpointConfig", "CreateEndpoint"]);
  const said = plan.actions.map(({ what }) => what);
  assert.deepEqual(said.slice(1), [
    "serving.properties",
    `model.tar.gz to ${artifact}`,
    `sagemaker:CreateModel ${name}`,
    `sagemaker:CreateEndpointConfig ${name}`,
    `sagemaker:CreateEndpoint ${name}`,
    "InService, at most 900 s",
  ]);
  // No secret is in the plan or in the run directory.
  const ledger = await Deno.readTextFile(`${run}/models/ledger.jsonl`);
  for (const text of [JSON.stringify(plan), ledger, JSON.stringify(endpoint), logged.join("\n")]) {
    assert.ok(!text.includes(token) && !text.includes("own value"));
  }
  assert.deepEqual(readLedger(run).map(({ kind, event }) => `${event} ${kind}`), [
    ...["intent sagemaker_artifact", "created sagemaker_artifact"],
    ...["intent sagemaker_model", "created sagemaker_model"],
    ...["intent sagemaker_endpoint_config", "created sagemaker_endpoint_config"],
    ...["intent sagemaker_endpoint", "created sagemaker_endpoint"],
  ]);
  // Only the endpoint is paid by the hour.
  assert.deepEqual(owed(run).map(({ billing }) => billing?.per_hour ?? null), [null, null, null, 3]);

  const found = await target.findTagged!({ regions: ["us-east-1"], env: {}, log() {} });
  assert.deepEqual(found.map(({ kind, name }) => [kind, name]), [
    ["sagemaker_endpoint", name],
    ["sagemaker_endpoint_config", name],
    ["sagemaker_model", name],
    ["sagemaker_artifact", artifact],
  ]);
  assert.deepEqual(new Set(found.map(({ ownership }) => ownership.run_id)), new Set([context.run_id]));

  assert.deepEqual(await cleanUp(run, target), Array(4).fill("removed"));
  assert.deepEqual([await present(), await artifacts.list(), owed(run)], [nothing, [], []]);
  assert.deepEqual(await target.findTagged!({ regions: ["us-east-1"], env: {}, log() {} }), []);
  assert.equal(await target.isAlive(endpoint), false);
});

cases.add("what it returns is where requests go: InvokeEndpoint by its name", async () => {
  await running({ model_id: "m" }, async (simulation) => {
    await using scene = await deployment();
    const { run, context, target } = scene;
    const own = `http://127.0.0.1:${simulation.port}`;
    const env = { AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME: own };
    const endpoint = await target.deploy(onSageMaker(), { ...context, env });
    assert.equal(endpoint.url, own);
    using clients = await awsClients(simulation);
    const { client, sdk } = clients.sageMaker;
    const { Body } = await client.send(
      new sdk.InvokeEndpointCommand({
        EndpointName: endpoint.endpoint_name,
        ContentType: "application/json",
        Body: JSON.stringify({ inputs: "Where?", parameters: { max_new_tokens: 5 } }),
      }),
    );
    const { generated_text } = JSON.parse(new TextDecoder().decode(Body)) as { generated_text: string };
    assert.ok(generated_text.length > 0);
    assert.deepEqual(await cleanUp(run, target), Array(3).fill("removed"));
  });
});

cases.add("without a ledger everything is found by its tags, and removed with no run directory", async () => {
  await using artifacts = await bucketFolder("artifacts");
  await using scene = await deployment();
  const { context, target } = scene;
  await target.deploy(onSageMaker(djl), context);
  const found = await target.findTagged!({ regions: ["us-east-1"], env: {}, log() {} });
  const remove = (resource: typeof found[number]) =>
    target.remove(resource, { run_dir: null, env: {}, log() {} });
  for (const resource of found) assert.equal(await remove(resource), "removed");
  assert.deepEqual([found.length, await present(), await artifacts.list()], [4, nothing, []]);
  for (const resource of found) assert.equal(await remove(resource), "already gone");
});
