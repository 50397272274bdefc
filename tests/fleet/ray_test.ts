import assert from "node:assert/strict";
import { type FleetEngine, type FleetJob, fleetJobName } from "../../lib/fleet/engine.ts";
import { rayEngine } from "../../lib/fleet/ray.ts";
import { type RayCluster, rayCluster, rayProgram, until } from "./ray_cluster.ts";

const skip = rayProgram === null;
if (skip) console.log("SKIPPED tests on a real Ray cluster: FMBENCH_TEST_RAY names no Python that has Ray");

/** Says who it is and what it was given, and waits to be stopped, unless it is told how to end. */
const program = `#!/bin/sh
echo "worker $FMBENCH_WORKER of $GREETING: $(cat data/said.txt) $1"
test -n "$END" && exit $((END + FMBENCH_WORKER))
exec sleep 1000
`;
const sleeping = "sleep 1000";

async function packageFolder(): Promise<string> {
  const dir = await Deno.makeTempDir({ prefix: "package-" });
  await Deno.mkdir(`${dir}/data`);
  await Deno.mkdir(`${dir}/.git`);
  await Deno.writeTextFile(`${dir}/data/said.txt`, "from the package");
  await Deno.writeTextFile(`${dir}/.git/config`, "not for others");
  await Deno.writeTextFile(`${dir}/work.sh`, program, { mode: 0o755 });
  return dir;
}

const run_id = "20261122T053000Z-1a2b3c";

function jobOf(segment: string, package_dir: string, more: Partial<FleetJob> = {}): FleetJob {
  return {
    name: fleetJobName(run_id, segment),
    run_id,
    segment,
    workers: 2,
    per_node: 1,
    resources: { cpu: 0.1 },
    command: ["./work.sh", "it's $HOME"],
    env: { GREETING: "good day" },
    package_dir,
    image: null,
    namespace: null,
    ...more,
  };
}

async function statusesOf(engine: FleetEngine, job: FleetJob): Promise<string[]> {
  return (await engine.states(job)).map(({ status }) => status);
}

async function untilStatuses(engine: FleetEngine, job: FleetJob, expected: string[]): Promise<void> {
  await until(async () => JSON.stringify(await statusesOf(engine, job)) === JSON.stringify(expected));
}

Deno.test(
  { name: "a real Ray cluster", ignore: skip, sanitizeOps: false, sanitizeResources: false },
  async (t) => {
    const folder = await packageFolder();
    const cluster: RayCluster = await rayCluster();
    const engine = rayEngine({ address: cluster.address, env: {} });
    try {
      await t.step(
        "copies run on as many nodes as the limit wants, in the package, each with its index",
        async () => {
          const job = jobOf("spread", folder);
          await engine.check(job);
          await engine.submit(job);
          await untilStatuses(engine, job, ["running", "running"]);
          const nodes = (await engine.states(job)).map(({ node }) => node);
          assert.deepEqual(nodes.sort(), [...cluster.nodes].sort());
          for (const index of [0, 1]) {
            await until(async () =>
              (await engine.logs(job, index))?.includes(
                `worker ${index} of good day: from the package it's $HOME`,
              ) ?? false
            );
          }
        },
      );

      await t.step("a job sent twice is there once, and found by who does not know of it", async () => {
        const job = jobOf("spread", folder);
        const before = cluster.running(sleeping);
        assert.equal(before.length, 2);
        await Promise.all([engine.submit(job), engine.submit(job)]);
        assert.deepEqual(cluster.running(sleeping), before);
        const [found, ...others] = await rayEngine({ address: cluster.address, env: {} }).list();
        assert.deepEqual([found?.name, found?.run_id, found?.active, others], [job.name, run_id, true, []]);
        assert.ok(Math.abs(Date.parse(found?.created_at ?? "") - Date.now()) < 120_000);
      });

      await t.step("two who begin the same job at the same time get one", async () => {
        const job = jobOf("race", folder);
        await Promise.all([engine.submit(job), engine.submit(job), engine.submit(job)]);
        await untilStatuses(engine, job, ["running", "running"]);
        await engine.stop(job);
      });

      await t.step("a job of another run keeps its name", async () => {
        const job = { ...jobOf("spread", folder), run_id: "another" };
        await assert.rejects(
          engine.submit(job),
          /Cannot start the Ray job "fmbench-\S+-spread-\d": there is one/,
        );
      });

      await t.step(
        "what has no room is refused with the figure; sent all the same it waits, and is stopped",
        async () => {
          const job = jobOf("full", folder, {
            workers: 3,
            resources: { cpu: 0.1, load_slot: 1 },
            per_node: null,
          });
          await assert.rejects(engine.check(job), (error: Error) => {
            assert.equal(
              error.message,
              `Cannot start 3 workers on the Ray cluster at "${cluster.address} (Ray 2.60.0)": its nodes have room for 2 ` +
                "when nothing else runs on them: load_slot: 1 a worker is there for 2 (2 on 2 nodes). Lower " +
                "load.fleet.workers, change load.fleet.resources or per_node, or add nodes.",
            );
            return true;
          });
          await engine.submit(job);
          await until(async () =>
            (await statusesOf(engine, job)).filter((one) => one === "running").length === 2
          );
          const waiting = (await engine.states(job)).find(({ status }) => status === "pending");
          assert.match(waiting?.reason ?? "", /waiting for resources/);
          await engine.stop(job);
          assert.deepEqual(await statusesOf(engine, job), ["stopped", "stopped", "stopped"]);
        },
      );

      await t.step(
        "stopped while it runs, it leaves no process and no record; again is no error",
        async () => {
          const job = jobOf("spread", folder);
          assert.equal(cluster.running(sleeping).length, 2);
          await engine.stop(job);
          await engine.stop(job);
          assert.deepEqual(cluster.running(sleeping), []);
          assert.deepEqual(await engine.list(), []);
          assert.deepEqual(
            await engine.states(job),
            [0, 1].map((index) => ({
              index,
              status: "stopped",
              node: null,
              reason: "Ray knows no such job (any more)",
            })),
          );
          assert.equal(await engine.logs(job, 0), null);
        },
      );

      await t.step(
        "a failure says its code and the last line; what was begun in part is completed",
        async () => {
          const job = jobOf("ending", folder, { env: { GREETING: "bye", END: "6" } });
          await engine.submit({ ...job, workers: 1 });
          await engine.submit(job);
          await untilStatuses(engine, job, ["failed", "failed"]);
          assert.deepEqual(
            (await engine.states(job)).map(({ reason }) => reason),
            [0, 1].map((index) =>
              `it ended with code ${6 + index}: worker ${index} of bye: from the package it's $HOME`
            ),
          );
          assert.equal((await engine.list())[0]?.active, false);
          await engine.stop(job);
        },
      );

      await t.step("what waits for room that never comes can't be stopped, and it is said so", async () => {
        const job = jobOf("never", folder, { workers: 1, resources: { cpu: 0, moon_rock: 1 } });
        await engine.submit(job);
        const impatient = rayEngine({ address: cluster.address, env: {}, stop_ms: 500 });
        await assert.rejects(
          impatient.stop(job),
          /Cannot stop fmbench-\S+-never on .*: 1 of its jobs wait for room, and Ray ends those only when they begin, or after 15 minutes/,
        );
        assert.equal((await engine.list())[0]?.active, true);
      });

      await t.step("a node that dies takes its worker with it, and no other", async () => {
        const job = jobOf("loss", folder);
        await engine.submit(job);
        await untilStatuses(engine, job, ["running", "running"]);
        const states = await engine.states(job);
        const lost = states.findIndex(({ node }) => node === cluster.nodes[1]);
        await cluster.killRaylet(cluster.nodes[1] ?? "");
        await until(async () => (await statusesOf(engine, job))[lost] === "failed");
        const after = await engine.states(job);
        assert.equal(after[1 - lost]?.status, "running");
        assert.match(after[lost]?.reason ?? "", /died/);
        assert.equal(await engine.logs(job, lost), null);
        await engine.stop(job);
        assert.deepEqual(cluster.running(sleeping), []);
      });
    } finally {
      await cluster[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    }
  },
);

Deno.test({ name: "a real Ray cluster that wants a token", ignore: skip }, async () => {
  const token = "0123456789abcdef".repeat(4);
  const cluster = await rayCluster({ nodes: 1, env: { RAY_AUTH_MODE: "token", RAY_AUTH_TOKEN: token } });
  try {
    const engine = (env: Record<string, string>) => rayEngine({ address: cluster.address, env });
    await assert.rejects(
      engine({}).list(),
      /it says 401: .*token\. Set RAY_AUTH_TOKEN to the cluster's token/,
    );
    await assert.rejects(engine({ RAY_AUTH_TOKEN: "wrong-token-of-mine" }).list(), (error: Error) => {
      assert.match(error.message, /it says 403: .*Set RAY_AUTH_TOKEN/);
      assert.doesNotMatch(error.message, /wrong-token-of-mine/);
      return true;
    });
    assert.deepEqual(await engine({ RAY_AUTH_TOKEN: token }).list(), []);
    const headers = JSON.stringify({ Authorization: `Bearer ${token}` });
    assert.deepEqual(await engine({ RAY_JOB_HEADERS: headers }).list(), []);
  } finally {
    await cluster[Symbol.asyncDispose]();
  }
});
