import assert from "node:assert/strict";
import { withEc2 } from "../../../lib/deploy/instances/ec2_calls.ts";
import { owed, readLedger } from "../../../lib/deploy/ledger.ts";
import type { Resource } from "../../../lib/deploy/mod.ts";
import { alive, deployment, foreign, groups } from "./account.ts";
import { launched } from "./launch_scene.ts";
import { cleanUp, cloudCases, failing } from "./on_cloud.ts";

const cases = cloudCases("what is launched, and what is removed");

cases.add("launched with all its parameters, it answers; removed, nothing is left", async () => {
  await using scene = await deployment();
  const { run, context, target, server } = scene;
  const endpoint = await target.deploy(launched(), context);
  const [group, launch] = owed(run) as [Resource, Resource];
  assert.deepEqual(readLedger(run).map(({ event, kind }) => `${event} ${kind}`), [
    "intent ec2_security_group",
    "created ec2_security_group",
    "intent ec2_instances",
    "created ec2_instances",
  ]);
  assert.equal(launch.billing?.per_hour, 1.5);
  assert.equal(group.tags["nonce"], launch.tags["nonce"]);
  const name = "fmbench-21408d-llama-8b-1a2b3c";
  const tags = {
    "fmbench:run-id": context.run_id,
    "fmbench:owner": "ada",
    "fmbench:expires-at": "2026-11-23T10:00:00Z",
    "fmbench:experiment": "llama 8B",
    Name: name,
    "fmbench:nonce": launch.tags["nonce"]!,
  };
  const asRecord = (all: readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined) =>
    Object.fromEntries(all!.map(({ Key, Value }) => [Key, Value]));

  await withEc2({ region: "us-east-1" }, async ({ client, sdk }) => {
    const { Reservations } = await client.send(
      new sdk.DescribeInstancesCommand({ InstanceIds: [launch.id!] }),
    );
    const instance = Reservations![0]!.Instances![0]!;
    assert.deepEqual(
      [instance.InstanceType, instance.ClientToken, instance.KeyName, instance.MetadataOptions?.HttpTokens],
      ["g5.2xlarge", launch.tags["nonce"], undefined, "required"],
    );
    assert.equal(instance.MetadataOptions?.HttpPutResponseHopLimit, 2);
    assert.match(instance.ImageId!, /^resolve:ssm:\/aws\/service\/deeplearning\/ami\//);
    assert.deepEqual(instance.SecurityGroups!.map(({ GroupId }) => GroupId), [group.id]);
    assert.deepEqual(asRecord(instance.Tags), tags);
    const InstanceId = launch.id!;
    const attribute = (Attribute: "userData" | "instanceInitiatedShutdownBehavior") =>
      client.send(new sdk.DescribeInstanceAttributeCommand({ InstanceId, Attribute }));
    assert.equal(
      (await attribute("instanceInitiatedShutdownBehavior")).InstanceInitiatedShutdownBehavior?.Value,
      "terminate",
    );
    const script = atob((await attribute("userData")).UserData!.Value!);
    assert.match(script, /^#!\/bin\/bash\n# Written by fmbench for run 20261122T100000Z-1a2b3c/);
    assert.match(script, /OnCalendar=2026-11-23 10:00:00 UTC/);
    const { Volumes } = await client.send(
      new sdk.DescribeVolumesCommand({ Filters: [{ Name: "attachment.instance-id", Values: [launch.id!] }] }),
    );
    const [volume] = Volumes!;
    assert.deepEqual([Volumes!.length, volume!.Size, volume!.VolumeType, volume!.Encrypted], [
      1,
      250,
      "gp3",
      true,
    ]);
    const [mapping] = instance.BlockDeviceMappings!;
    assert.deepEqual([mapping!.DeviceName, mapping!.Ebs!.DeleteOnTermination], ["/dev/xvda", true]);
    assert.deepEqual(asRecord(volume!.Tags), tags);
    const { SecurityGroups } = await client.send(
      new sdk.DescribeSecurityGroupsCommand({ GroupIds: [group.id!] }),
    );
    const [made] = SecurityGroups!;
    assert.equal(made!.GroupName, name);
    assert.deepEqual(asRecord(made!.Tags), tags);
    assert.deepEqual(
      made!.IpPermissions!.map((
        { IpProtocol, FromPort, ToPort, IpRanges, Ipv6Ranges },
      ) => [IpProtocol, FromPort, ToPort, IpRanges!.map(({ CidrIp }) => CidrIp), Ipv6Ranges ?? []]),
      [["tcp", 8080, 8080, ["203.0.113.7/32"], []]],
    );
  });

  assert.deepEqual([...server.paths], ["/health"]);
  const { ready_after_s, ...rest } = endpoint;
  assert.ok(ready_after_s! > 0 && ready_after_s! < 10);
  const origin = server.originOf("", 0);
  assert.deepEqual(rest, {
    experiment_name: "llama 8B",
    endpoint_name: "http://127.0.0.1:8080/v1",
    predictor: "openai_chat",
    url: `${origin}/v1`,
    model_id: "org/llama-8b",
    instance_type: "g5.2xlarge",
    instance_count: 1,
    region: "us-east-1",
    deployed: true,
    simulated: false,
    api_key_env: null,
    deployer: "instances",
    observed: { metrics_urls: [`${origin.replace(/\d+$/, "8080")}/metrics`] },
  });
  const states: boolean[] = [];
  for (const status of [200, 404, 502]) {
    server.status = status;
    states.push(await target.isAlive(endpoint));
  }
  assert.deepEqual(states, [true, true, false]);

  assert.deepEqual(await cleanUp(run, target), ["removed", "removed"]);
  assert.deepEqual([await alive(), await groups(), owed(run)], [[], [], []]);
  assert.deepEqual(await target.findTagged!({ regions: ["us-east-1"], env: {}, log() {} }), []);
  for (const resource of [launch, group]) {
    assert.equal(await target.remove(resource, { run_dir: run, env: {}, log() {} }), "already gone");
  }
});

cases.add("two instances with two copies each are four replicas", async () => {
  await using scene = await deployment();
  const { run, context, target, server } = scene;
  const two = launched({
    own: { instance_count: 2, instance_type: "g5.12xlarge" },
    container: { model_copies: 2 },
  });
  const { replicas, url } = await target.deploy(two, context);
  assert.equal(replicas?.length, 4);
  assert.equal(url, replicas![0]);
  assert.equal(new Set(server.places.map((place) => place.split(":")[0])).size, 2);
  assert.deepEqual([...new Set(server.places.map((place) => place.split(":")[1]))].sort(), ["8080", "8081"]);
  const [, launch] = owed(run);
  assert.equal(launch!.id!.split(" ").length, 2);
  assert.deepEqual([launch!.billing?.instance_count, launch!.billing?.per_hour], [2, 3]);
  await cleanUp(run, target);
  assert.deepEqual([await alive(), await groups()], [[], []]);
});

cases.add("groups of the user's own are used as they are, and none is made", async () => {
  await using scene = await deployment();
  const { run, context, target } = scene;
  const others = await foreign();
  await target.deploy(
    launched({ launch: { security_group_ids: [others.group], caller_cidr: null } }),
    context,
  );
  assert.deepEqual(owed(run).map(({ kind }) => kind), ["ec2_instances"]);
  assert.deepEqual(await groups(), ["fmbench-of-somebody-else"]);
  await cleanUp(run, target);
  assert.deepEqual([await alive(), await groups()], [[others.instance], ["fmbench-of-somebody-else"]]);
});

cases.add("what has none of our tags survives, even where the ledger names it", async () => {
  await using scene = await deployment();
  const { run, context, target } = scene;
  const others = await foreign();
  await target.deploy(launched(), context);
  const [group, launch] = owed(run) as [Resource, Resource];
  const about = { run_dir: run, env: {}, log() {} };
  const nonce = crypto.randomUUID();
  await assert.rejects(
    target.remove({ ...launch, id: others.instance, tags: { ...launch.tags, nonce } }, about),
    failing(/Cannot terminate the instances .*without the tag that this run gave it, so it was left alone/),
  );
  await assert.rejects(
    target.remove({ ...group, id: others.group, tags: { ...group.tags, nonce } }, about),
    failing(/Cannot remove the security group .*without the tag that this run gave it, so it was left alone/),
  );
  await assert.rejects(
    target.remove({ ...launch, tags: { region: "us-east-1" } }, about),
    failing(/does not say which region and nonce/),
  );
  await cleanUp(run, target);
  assert.deepEqual([await alive(), await groups()], [[others.instance], ["fmbench-of-somebody-else"]]);
  assert.deepEqual(await target.findTagged!({ regions: ["us-east-1"], env: {}, log() {} }), []);
});

cases.add("after a crash between intent and id, both are found by their nonce", async () => {
  await using scene = await deployment();
  const { run, context, target } = scene;
  await target.deploy(launched({ own: { instance_count: 2 } }), context);
  const lines = (await Deno.readTextFile(`${run}/models/ledger.jsonl`)).split("\n");
  const intents = lines.filter((line) => line.includes('"intent"'));
  await Deno.writeTextFile(`${run}/models/ledger.jsonl`, intents.join("\n") + "\n");
  assert.deepEqual(owed(run).map(({ id }) => id), [null, null]);
  assert.equal((await alive()).length, 2);
  assert.deepEqual(await cleanUp(run, target), ["removed", "removed"]);
  assert.deepEqual([await alive(), await groups()], [[], []]);
});

cases.add("without a ledger all of it is found by its tags, and removed by what was found", async () => {
  await using scene = await deployment();
  const { context, target } = scene;
  const others = await foreign();
  await target.deploy(launched({ own: { instance_count: 2 } }), context);
  const scope = { regions: ["us-east-1", "eu-west-1"], env: {}, log() {} };
  const found = await target.findTagged!(scope);
  assert.deepEqual(found.map(({ kind, name, ownership }) => [kind, name, ownership]), [
    ["ec2_instances", "fmbench-21408d-llama-8b-1a2b3c", context.ownership],
    ["ec2_security_group", "fmbench-21408d-llama-8b-1a2b3c", context.ownership],
  ]);
  assert.match(
    found[0]!.description,
    /^EC2 instances i-\w+ \(g5\.2xlarge\), i-\w+ \(g5\.2xlarge\) in us-east-1$/,
  );
  for (const resource of found) {
    assert.equal(await target.remove(resource, { run_dir: null, env: {}, log() {} }), "removed");
  }
  assert.deepEqual(await target.findTagged!(scope), []);
  assert.deepEqual(await alive(), [others.instance]);
});

cases.add("a group goes only when no instance uses it any more", async () => {
  await using scene = await deployment();
  const { run, context, target } = scene;
  await target.deploy(launched(), context);
  const [group] = owed(run) as [Resource];
  // moto itself would delete a group that is in use.
  await assert.rejects(
    target.remove(group, { run_dir: run, env: {}, log() {} }),
    failing(/Cannot remove the security group .*i-\w+ \(running\) use it/),
  );
  assert.equal((await groups()).length, 1);
  assert.deepEqual(await cleanUp(run, target), ["removed", "removed"]);
});

cases.add("deployed again, it is taken as it is; another, or an ill one, is replaced", async () => {
  await using scene = await deployment();
  const { run, context, target, server, logged } = scene;
  const { ready_after_s: _, ...first } = await target.deploy(launched(), context);
  const ids = await alive();
  const later = { ...context, ownership: { ...context.ownership, expires_at: "2026-11-24T10:00:00Z" } };
  assert.deepEqual(await target.deploy(launched(), later), first);
  assert.deepEqual(await alive(), ids);
  assert.match(logged.at(-1)!, /still run and answer/);

  await target.deploy(launched({ launch: { volume_gb: 60 } }), context);
  const others = await alive();
  assert.deepEqual([others.length, others.includes(ids[0]!), (await groups()).length], [1, false, 1]);

  server.status = 503;
  const ill = target.deploy(launched({ launch: { volume_gb: 60 } }), { ...context, ready_timeout_ms: 200 });
  await assert.rejects(ill, failing(/HTTP 503/));
  const third = await alive();
  assert.deepEqual([third.length, third.includes(others[0]!)], [1, false]);
  await cleanUp(run, target);
  assert.deepEqual([await alive(), await groups()], [[], []]);
});

cases.add("an address that can't be known leaves nothing; one that is known is let in alone", async () => {
  const here = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response("198.51.100.9\n"),
  );
  await using scene = await deployment({ caller_address_url: `http://127.0.0.1:${here.addr.port}/` });
  const { run, context, target } = scene;
  const unsaid = launched({ launch: { caller_cidr: null } });
  await target.deploy(unsaid, context);
  await withEc2({ region: "us-east-1" }, async ({ client, sdk }) => {
    const GroupIds = [owed(run)[0]!.id!];
    const { SecurityGroups } = await client.send(new sdk.DescribeSecurityGroupsCommand({ GroupIds }));
    const ranges = SecurityGroups![0]!.IpPermissions!.map(({ IpRanges }) => IpRanges![0]!.CidrIp);
    assert.deepEqual(ranges, ["198.51.100.9/32"]);
  });
  await cleanUp(run, target);
  await here.shutdown();
  await assert.rejects(target.deploy(unsaid, context), failing(/ec2\.launch\.caller_cidr/));
  assert.deepEqual([owed(run), await alive(), await groups()], [[], [], []]);
});

cases.add("reached from a private network, it is asked for by its private address", async () => {
  await using scene = await deployment();
  const { run, context, target, server } = scene;
  await target.deploy(launched({ launch: { caller_cidr: "10.0.0.0/8" } }), context);
  assert.match(server.places[0]!, /^(10|172|192\.168)\./);
  await cleanUp(run, target);
});

cases.add("an image of the user's own has its volume's name from the service", async () => {
  await using scene = await deployment();
  const { run, context, target } = scene;
  await target.deploy(launched({ launch: { ami: "ami-12c6146b" } }), context);
  await cleanUp(run, target);
  await assert.rejects(
    target.deploy(launched({ launch: { ami: "ami-0123456789abcdef0" } }), context),
    failing(/InvalidAMIID\.NotFound.*Set ec2\.launch\.ami/),
  );
  assert.deepEqual([owed(run), await alive(), await groups()], [[], [], []]);
});

cases.add("a subnet's VPC is that of its group", async () => {
  await using scene = await deployment();
  const { run, context, target } = scene;
  await withEc2({ region: "us-east-1" }, async ({ client, sdk }) => {
    const { Vpc } = await client.send(new sdk.CreateVpcCommand({ CidrBlock: "10.1.0.0/16" }));
    const VpcId = Vpc!.VpcId!;
    const { Subnet } = await client.send(new sdk.CreateSubnetCommand({ VpcId, CidrBlock: "10.1.1.0/24" }));
    await target.deploy(launched({ launch: { subnet_id: Subnet!.SubnetId!, spot: true } }), context);
    const GroupIds = [owed(run)[0]!.id!];
    const { SecurityGroups } = await client.send(new sdk.DescribeSecurityGroupsCommand({ GroupIds }));
    assert.equal(SecurityGroups![0]!.VpcId, VpcId);
    const InstanceIds = [owed(run)[1]!.id!];
    const { Reservations } = await client.send(new sdk.DescribeInstancesCommand({ InstanceIds }));
    const { SubnetId, InstanceLifecycle } = Reservations![0]!.Instances![0]!;
    assert.deepEqual([SubnetId, InstanceLifecycle], [Subnet!.SubnetId, "spot"]);
  });
  assert.equal(owed(run)[1]!.billing?.per_hour, null);
  await cleanUp(run, target);
  await assert.rejects(
    target.deploy(launched({ launch: { subnet_id: "subnet-0123456789" } }), context),
    failing(/InvalidSubnetID\.NotFound.*ec2\.launch\.subnet_id/),
  );
  assert.deepEqual([await alive(), await groups()], [[], []]);
});

cases.add("a variable that the environment lacks is refused before anything is created", async () => {
  await using scene = await deployment();
  const { run, context, target } = scene;
  const refers = launched({ deployment: { env: { SIZE: "${SIZE}" } } });
  await assert.rejects(target.deploy(refers, context), failing(/environment has no SIZE.*Set SIZE/));
  assert.deepEqual([owed(run), await groups()], [[], []]);
  await target.deploy(refers, { ...context, env: { SIZE: "it's 7" } });
  await withEc2({ region: "us-east-1" }, async ({ client, sdk }) => {
    const InstanceId = owed(run)[1]!.id!;
    const command = new sdk.DescribeInstanceAttributeCommand({ InstanceId, Attribute: "userData" });
    const { UserData } = await client.send(command);
    assert.match(atob(UserData!.Value!), /\(export SIZE='it'\\''s 7'; docker run /);
  });
  assert.ok(!(await Deno.readTextFile(`${run}/models/ledger.jsonl`)).includes("it's 7"));
  await cleanUp(run, target);
});
