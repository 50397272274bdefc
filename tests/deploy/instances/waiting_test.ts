import assert from "node:assert/strict";
import { withEc2 } from "../../../lib/deploy/instances/ec2_calls.ts";
import { owed } from "../../../lib/deploy/ledger.ts";
import { alive, deployment, groups } from "./account.ts";
import { between, consoleOutput, type Meddling, refusal, xml } from "./between.ts";
import { launched } from "./launch_scene.ts";
import { cleanUp, cloudCases, failing } from "./on_cloud.ts";

const cases = cloudCases("what is waited for, and what is said when it does not come");

/** A deployment whose calls pass somebody who meddles with them. */
async function meddled(url: string, meddle: Meddling) {
  const way = between(url, meddle);
  const scene = await deployment({ control: { attempts: 1, endpoint: way.url } });
  return {
    ...scene,
    way,
    async [Symbol.asyncDispose]() {
      await scene[Symbol.asyncDispose]();
      await way[Symbol.asyncDispose]();
    },
  };
}

cases.add("a server that does not come says what the console of its instance says", async () => {
  await using scene = await deployment();
  const { run, context, target, server } = scene;
  server.status = 500;
  await assert.rejects(
    target.deploy(launched(), { ...context, ready_timeout_ms: 200 }),
    failing(
      /^Cannot reach the server of "llama 8B": after 0 s, http:\/\/127\.0\.0\.1:\d+\/health: HTTP 500\nThe last lines of its console:\n[^]*Kernel command line[^]*; expected 200\. .*ready_timeout_seconds/,
    ),
  );
  assert.deepEqual(owed(run).map(({ id }) => id === null), [false, false]);
  assert.deepEqual(await cleanUp(run, target), ["removed", "removed"]);
});

cases.add("a start that failed is heard of by the console long before the limit", async (cloud) => {
  const text = "cloud-init: starts\nfmbench-start: pulls vllm\nfmbench-start: failed: vllm can't be pulled\n";
  await using scene = await meddled(
    cloud.url,
    (action) => action === "GetConsoleOutput" ? consoleOutput(text) : null,
  );
  const { run, context, target, server } = scene;
  server.status = 503;
  await assert.rejects(
    target.deploy(launched(), { ...context, ready_timeout_ms: 600_000 }),
    failing(
      /^Cannot start the server of "llama 8B": i-\w+: vllm can't be pulled\nThe last lines of its console:\ncloud-init: starts\n/,
    ),
  );
  await cleanUp(run, target);
});

cases.add("a type without a latest console output is asked for the other one", async (cloud) => {
  const asked: string[] = [];
  await using scene = await meddled(cloud.url, (action) => {
    if (action !== "GetConsoleOutput") return null;
    asked.push(action);
    return asked.length === 1
      ? refusal("UnsupportedOperation", "The latest console output is not available for this instance type")
      : consoleOutput("fmbench-start: failed: no driver\n");
  });
  const { run, context, target, server } = scene;
  server.status = 503;
  await assert.rejects(
    target.deploy(launched(), { ...context, ready_timeout_ms: 600_000 }),
    failing(/no driver/),
  );
  assert.equal(asked.length, 2);
  await cleanUp(run, target);
});

cases.add("what is pulled within the container is waited for by the console", async (cloud) => {
  let looks = 0;
  await using scene = await meddled(
    cloud.url,
    (action) =>
      action === "GetConsoleOutput" ? consoleOutput(++looks < 4 ? "" : "x\r\nfmbench-start: done\r\n") : null,
  );
  const { run, context, target } = scene;
  await target.deploy(
    launched({
      own: { instance_type: "m7i.4xlarge", model_id: "llama3:8b" },
      container: { type: "ollama", tp_degree: null },
      deployment: { image_uri: null },
    }),
    context,
  );
  assert.equal(looks, 4);
  await cleanUp(run, target);
});

cases.add("an instance that ends meanwhile ends the wait, with the service's reason", async () => {
  await using scene = await deployment();
  const { run, context, target, server } = scene;
  server.status = 503;
  let ended = false;
  const waiting = (what: string) => {
    if (ended || !what.includes("servers start")) return;
    ended = true;
    const InstanceIds = [owed(run)[1]!.id!];
    withEc2({}, ({ client, sdk }) => client.send(new sdk.TerminateInstancesCommand({ InstanceIds })));
  };
  await assert.rejects(
    target.deploy(launched(), { ...context, ready_timeout_ms: 600_000, waiting }),
    failing(/Cannot reach the server of "llama 8B": i-\w+ is terminated \(.+\)/),
  );
  assert.deepEqual(await cleanUp(run, target), ["already gone", "removed"]);
});

cases.add("an instance is waited for while it is pending", async (cloud) => {
  let looks = 0;
  await using scene = await meddled(cloud.url, async (action, real) => {
    if (action !== "DescribeInstances" || ++looks > 3) return null;
    const text = await real();
    return xml(text.replace("<name>running</name>", "<name>pending</name>"));
  });
  const { run, context, target } = scene;
  const waits: string[] = [];
  await target.deploy(launched(), { ...context, waiting: (what) => waits.push(what) });
  assert.deepEqual(waits, Array(3).fill("llama 8B: instances start"));
  await cleanUp(run, target);
});

cases.add("an instance that never runs is said with its state", async (cloud) => {
  await using scene = await meddled(
    cloud.url,
    async (action, real) =>
      action === "DescribeInstances"
        ? xml((await real()).replace("<name>running</name>", "<name>pending</name>"))
        : null,
  );
  const { run, context, target } = scene;
  await assert.rejects(
    target.deploy(launched(), context),
    failing(/Cannot start the instances of "llama 8B": after 1 s i-\w+ is pending\. See the instance/),
  );
  await cleanUp(run, target);
});

cases.add("what refuses to launch is said with its remedy, and what was begun is removed", async (cloud) => {
  await using scene = await meddled(
    cloud.url,
    (action) =>
      action === "RunInstances"
        ? refusal(
          "InsufficientInstanceCapacity",
          "We currently do not have sufficient g5.2xlarge capacity.",
          500,
        )
        : null,
  );
  const { run, context, target } = scene;
  await assert.rejects(
    target.deploy(launched(), context),
    failing(/InsufficientInstanceCapacity.*another availability zone/),
  );
  assert.deepEqual(owed(run).map(({ kind, id }) => [kind, id === null]), [
    ["ec2_security_group", false],
    ["ec2_instances", true],
  ]);
  assert.deepEqual(await cleanUp(run, target), ["already gone", "removed"]);
  assert.deepEqual([await alive(), await groups()], [[], []]);
});

cases.add("a group that a network interface still holds is tried until it is gone", async (cloud) => {
  let tries = 0;
  await using scene = await meddled(
    cloud.url,
    (action) =>
      action === "DeleteSecurityGroup" && ++tries <= 3
        ? refusal("DependencyViolation", "resource sg-1 has a dependent object")
        : null,
  );
  const { run, context, target } = scene;
  await target.deploy(launched(), context);
  assert.deepEqual(await cleanUp(run, target), ["removed", "removed"]);
  assert.equal(tries, 4);
  assert.deepEqual(await groups(), []);
});

cases.add("a group that stays held is said, and the same command removes it later", async (cloud) => {
  let held = true;
  await using scene = await meddled(
    cloud.url,
    (action) =>
      action === "DeleteSecurityGroup" && held
        ? refusal("DependencyViolation", "resource sg-1 has a dependent object")
        : null,
  );
  const { run, context, target } = scene;
  await target.deploy(launched(), context);
  await assert.rejects(
    cleanUp(run, target),
    failing(
      /Cannot remove the security group "fmbench-.* \(sg-\w+\)": a network interface still uses it\. Run the same command again/,
    ),
  );
  assert.deepEqual(owed(run).map(({ kind }) => kind), ["ec2_security_group"]);
  held = false;
  assert.deepEqual(await cleanUp(run, target), ["removed"]);
});

cases.add("instances that are shutting down are waited for", async (cloud) => {
  let looks = 0;
  await using scene = await meddled(cloud.url, async (action, real) => {
    if (
      action !== "DescribeInstances" || !(await real()).includes("<name>terminated</name>") || ++looks > 3
    ) return null;
    return xml((await real()).replaceAll("<name>terminated</name>", "<name>shutting-down</name>"));
  });
  const { run, context, target } = scene;
  await target.deploy(launched(), context);
  assert.deepEqual(await cleanUp(run, target), ["removed", "removed"]);
  assert.equal(looks, 5);
  assert.equal(scene.way.calls.filter((call) => call === "TerminateInstances").length, 1);
});

cases.add(
  "stopped by the user nothing more is created, and what there is is in the ledger",
  async (cloud) => {
    const stop = new AbortController();
    await using scene = await meddled(cloud.url, (action) => {
      if (action === "AuthorizeSecurityGroupIngress") stop.abort(new Error("stopped by the user"));
      return null;
    });
    const { run, context, target, way } = scene;
    const stoppable = { ...context, signal: stop.signal };
    await assert.rejects(target.deploy(launched(), stoppable), /stopped by the user/);
    assert.ok(!way.calls.includes("RunInstances"));
    assert.deepEqual([owed(run).map(({ kind }) => kind), await alive()], [["ec2_security_group"], []]);
    assert.deepEqual(await cleanUp(run, target), ["removed"]);
    assert.deepEqual(await groups(), []);
  },
);

cases.add(
  "an instance that shows late is found all the same when only its intent is known",
  async (cloud) => {
    let blind = 2;
    const empty =
      '<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><reservationSet/></DescribeInstancesResponse>';
    await using scene = await meddled(cloud.url, (action) => {
      if (action === "RunInstances") blind = 2;
      return action === "DescribeInstances" && blind-- > 0 ? xml(empty) : null;
    });
    const { run, context, target, way } = scene;
    const lost = new AbortController();
    const stoppable = { ...context, signal: lost.signal, waiting: () => lost.abort(new Error("stopped")) };
    await assert.rejects(target.deploy(launched(), stoppable), /stopped/);
    const path = `${run}/models/ledger.jsonl`;
    const lines = (await Deno.readTextFile(path)).split("\n");
    await Deno.writeTextFile(path, lines.filter((line) => line.includes('"intent"')).join("\n") + "\n");
    blind = 1;
    assert.deepEqual(await cleanUp(run, target), ["removed", "removed"]);
    assert.deepEqual([await alive(), await groups()], [[], []]);
    assert.ok(way.calls.includes("TerminateInstances"));
  },
);
