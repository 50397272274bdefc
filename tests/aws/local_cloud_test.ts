import assert from "node:assert/strict";
import { ec2Control, sageMakerControl } from "../../lib/aws/mod.ts";
import { cloudAvailable, withCloud } from "./local_cloud.ts";

const onCloud = (name: string, body: Parameters<typeof withCloud>[0]) =>
  Deno.test({
    name: `local cloud (moto): ${name}`,
    ignore: !cloudAvailable,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: () => withCloud(body),
  });

async function create(name: string): Promise<Awaited<ReturnType<typeof sageMakerControl>>> {
  const service = await sageMakerControl();
  const { client, sdk } = service;
  const Tags = [{ Key: "k", Value: "v" }];
  await client.send(
    new sdk.CreateModelCommand({
      ModelName: name,
      ExecutionRoleArn: "arn:aws:iam::123456789012:role/r",
      PrimaryContainer: { Image: "i" },
      Tags,
    }),
  );
  const variant = {
    VariantName: "v",
    ModelName: name,
    InstanceType: "ml.g6e.xlarge",
    InitialInstanceCount: 2,
  } as const;
  await client.send(
    new sdk.CreateEndpointConfigCommand({ EndpointConfigName: name, ProductionVariants: [variant], Tags }),
  );
  await client.send(new sdk.CreateEndpointCommand({ EndpointName: name, EndpointConfigName: name, Tags }));
  return service;
}

onCloud("an endpoint is created, fails with its reason, and is deleted, each in its time", async (cloud) => {
  await cloud.endpointLife({
    name: "e",
    creating_s: 600,
    end: "Failed",
    reason: "no capacity",
    deleting_s: 60,
  });
  const { client, sdk } = await create("e");
  const describe = () => client.send(new sdk.DescribeEndpointCommand({ EndpointName: "e" }));
  const remove = () => client.send(new sdk.DeleteEndpointCommand({ EndpointName: "e" }));
  assert.equal((await describe()).EndpointStatus, "Creating");
  await assert.rejects(remove(), /Cannot update in-progress endpoint/);
  await assert.rejects(create("e"), /already existing/);
  const { EndpointArn } = await describe();
  const { Tags } = await client.send(new sdk.ListTagsCommand({ ResourceArn: EndpointArn! }));
  assert.deepEqual(Tags, [{ Key: "k", Value: "v" }]);
  await cloud.advance(600);
  const failed = await describe();
  assert.deepEqual([failed.EndpointStatus, failed.FailureReason], ["Failed", "no capacity"]);
  await remove();
  assert.equal((await describe()).EndpointStatus, "Deleting");
  await cloud.advance(60);
  await assert.rejects(describe(), /Could not find endpoint/);
});

onCloud("calls fail as they are told to, so often and no more, in each service's own form", async (cloud) => {
  const options = { attempts: 1, timeout_ms: 1_000 };
  const sageMaker = await sageMakerControl(options);
  const ec2 = await ec2Control(options);
  const list = () => sageMaker.client.send(new sageMaker.sdk.ListEndpointsCommand({}));
  const describe = () => ec2.client.send(new ec2.sdk.DescribeInstancesCommand({}));
  const named = (name: RegExp) => (error: unknown) =>
    error instanceof Error && name.test(`${error.name} ${error}`);
  // moto makes up a whole network on the first call.
  await (await ec2Control()).client.send(new ec2.sdk.DescribeInstancesCommand({}));
  for (
    const [kind, expected] of [["throttle", /Throttling|RequestLimitExceeded/], ["500", /Internal/], [
      "reset",
      /./,
    ], ["hang", /Timeout/]] as const
  ) {
    await cloud.fault({ target: "ListEndpoints", kind, ms: 2_000 });
    await assert.rejects(list(), named(expected), kind);
    await list();
    await cloud.fault({ target: "DescribeInstances", kind, ms: 2_000 });
    await assert.rejects(describe(), named(expected), kind);
    await describe();
  }
  const calls = await cloud.calls();
  assert.equal(calls.filter((name) => name === "ListEndpoints").length, 8);
  assert.equal(calls.filter((name) => name === "DescribeInstances").length, 9);
});

onCloud(
  "a user may do what his policy says, and the message of a refusal names the action",
  async (cloud) => {
    const list = async () => {
      const { client, sdk } = await sageMakerControl({ attempts: 1 });
      await client.send(new sdk.ListEndpointsCommand({}));
    };
    const allow = (Action: string) => ({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action, Resource: "*" }],
    });
    await cloud.as(allow("sagemaker:ListEndpoints"), list);
    await cloud.as(allow("sagemaker:ListModels"), () => assert.rejects(list(), /sagemaker:ListEndpoints/));
    await list();
  },
);
