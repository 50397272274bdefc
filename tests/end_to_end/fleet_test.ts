/** The whole pipeline with its load on a real Ray cluster of two nodes. `FMBENCH_TEST_RAY` names a Python that has Ray. */

import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { readFleetLog } from "../../lib/fleet/mod.ts";
import { readPlan } from "../../lib/load/mod.ts";
import { projectRoot } from "../../lib/pipeline/project.ts";
import { recordsOf } from "../../lib/pipeline/steps/records.ts";
import { openRun } from "../../lib/run/mod.ts";
import { rayCluster, rayProgram } from "../fleet/ray_cluster.ts";
import { fmbench, onlyRun } from "./command.ts";
import { cutRun } from "./cut_run.ts";

const config = join(projectRoot, "tests", "testdata", "configs", "tiny.yml");
const path = `${dirname(Deno.execPath())}:${Deno.env.get("PATH") ?? ""}`;
const said = /\n {2}[1-9]\d*\/\d+ · [\d.]+\/s/;

async function idsOf(root: string): Promise<{ planned: string[]; sent: string[] }> {
  const run = await openRun(root);
  const plan = await readPlan(run.paths.plan);
  const records = await recordsOf(run);
  assert.ok(records.every(({ status }) => status !== "error"));
  return {
    planned: plan.requests.map(({ request_id }) => request_id).sort(),
    sent: records.filter(({ status }) => status === "ok").map(({ request_id }) => request_id ?? "").sort(),
  };
}

Deno.test({
  name: "the pipeline with its load on a real Ray cluster of two nodes",
  ignore: rayProgram === null,
}, async (t) => {
  const cluster = await rayCluster({ env: { PATH: path } });
  const results = await Deno.makeTempDir({ prefix: "fmbench-test-" });
  const worker = "deno run --allow-all --no-prompt lib/fleet/remote_worker.ts";
  const fleet = [
    ...["--set", "load.fleet.engine=ray", "--set", `load.fleet.address=${cluster.address}`],
    ...["--set", "load.fleet.workers=2", "--set", "load.fleet.advertise=127.0.0.1"],
    ...["--set", "load.fleet.resources.cpu=0.1", "--set", "load.fleet.resources.load_slot=1"],
  ];
  const start = (name: string, ...sets: string[]) => [
    ...["run", "--config-file", config, "--results-dir", join(results, name)],
    ...sets.flatMap((set) => ["--set", set]),
  ];
  try {
    await t.step(
      "sends the requests that this machine sends, each once, and the report names the machines",
      async () => {
        const ended = await fmbench([...start("ray", "load.requests=60"), ...fleet]);
        assert.equal(ended.code, 0, ended.stderr);
        const local = await fmbench(start("local", "load.requests=60", "load.workers=2"));
        assert.equal(local.code, 0, local.stderr);
        const [there, here] = await Promise.all(
          ["ray", "local"].map(async (name) =>
            await idsOf((await onlyRun(join(results, name), "tiny")).root)
          ),
        );
        assert.deepEqual(there, here);
        assert.deepEqual(there?.sent, there?.planned);
        const { root } = await onlyRun(join(results, "ray"), "tiny");
        const report = await Deno.readTextFile(join(root, "report.md"));
        assert.match(report, /2 workers on 1 machine sent the load/);
        assert.match(report, /\| s1 w1 +\|/);
        assert.deepEqual(cluster.running(worker), []);
      },
    );

    await t.step(
      "a controller that is killed leaves nothing after a cleanup, and a resume completes the run",
      async () => {
        const place = join(results, "cut");
        await cutRun([...start("cut", "load.requests=400"), ...fleet], {
          results: place,
          name: "tiny",
          when: (text) => said.test(text),
          sparesEndpoints: true,
        });
        const { root } = await onlyRun(place, "tiny");
        const cleaned = await fmbench(["cleanup", root, "--force"]);
        assert.equal(cleaned.code, 0, cleaned.stderr);
        assert.match(cleaned.stdout, /fleet\\_job +\| fmbench-\S+-s1 \| removed/);
        assert.deepEqual(cluster.running(worker), []);
        const resumed = await fmbench(["run", "--resume", root]);
        assert.equal(resumed.code, 0, resumed.stderr);
        const { planned, sent } = await idsOf(root);
        assert.deepEqual(sent, planned);
      },
    );

    await t.step(
      "a node that is killed in mid-level is named, and a resume on what is left completes the run",
      async () => {
        const place = join(results, "node");
        const running = fmbench([...start("node", "load.requests=600"), ...fleet]);
        const root = await began(place);
        await cluster.killRaylet(cluster.nodes[1] ?? "");
        const ended = await running;
        assert.equal(ended.code, 130, ended.stderr);
        assert.match(ended.stderr, /workers were lost .*fmbench run --resume/);
        const lost = (await readFleetLog(root)).filter(({ event }) => event === "lost");
        assert.equal(lost.length, 1);
        const resumed = await fmbench(["run", "--resume", root, "--set", "load.fleet.workers=1"]);
        assert.equal(resumed.code, 0, resumed.stderr);
        const { planned, sent } = await idsOf(root);
        assert.deepEqual(sent, planned);
        assert.match(await Deno.readTextFile(join(root, "report.md")), /\*\*Lost\*\*: s1 w\d on /);
      },
    );
  } finally {
    await cluster[Symbol.asyncDispose]();
    await Deno.remove(results, { recursive: true });
  }
});

/** The run directory, as soon as a journal of the load has rows. */
async function began(place: string): Promise<string> {
  for (let tries = 0; tries < 1200; tries++) {
    try {
      const { root } = await onlyRun(place, "tiny");
      for await (const { name } of Deno.readDir(join(root, "requests"))) {
        if ((await Deno.readTextFile(join(root, "requests", name))).split("\n").length > 20) return root;
      }
    } catch {
      // Not there yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("the load did not begin within two minutes");
}
