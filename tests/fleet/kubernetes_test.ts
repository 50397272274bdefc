import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type FleetJob, fleetJobName } from "../../lib/fleet/engine.ts";
import { kubernetesEngine } from "../../lib/fleet/kubernetes.ts";
import { jobObject } from "../../lib/fleet/kubernetes/job_object.ts";
import { remoteEnvironment } from "../../lib/fleet/remote_variables.ts";
import { projectRoot } from "../../lib/pipeline/project.ts";
import { eventually } from "../deploy/scene.ts";
import { type ControlPlane, controlPlane, fakeNode, programs } from "../deploy/kubernetes/control_plane.ts";

const skip = programs === null;
if (skip) {
  console.log(
    "SKIPPED tests of a fleet on a real control plane: FMBENCH_TEST_KUBERNETES names no folder with its programs",
  );
}

const run_id = "20261122T053000Z-1a2b3c";
const pods = "/api/v1/namespaces/load/pods";

function jobOf(segment: string, more: Partial<FleetJob> = {}): FleetJob {
  return {
    name: fleetJobName(run_id, segment),
    run_id,
    segment,
    workers: 4,
    per_node: 2,
    resources: { cpu: 0.5, memory_gb: 1 },
    command: ["deno", "run", "worker.ts"],
    env: remoteEnvironment({
      controller: "ws://10.0.0.5:41234",
      secret: "for-workers-alone",
      storage: "/shared",
    }),
    package_dir: null,
    image: "registry.example.com/worker:1",
    namespace: "load",
    ...more,
  };
}

/** The programs, with stages in which pods of Jobs run until somebody says how they end. */
async function patientPrograms(folder: string): Promise<string> {
  const dir = await Deno.makeTempDir({ prefix: "programs-" });
  for await (const { name } of Deno.readDir(folder)) {
    if (name !== "stages.yaml") await Deno.symlink(resolve(folder, name), join(dir, name));
  }
  const stages = (await Deno.readTextFile(join(folder, "stages.yaml"))).split(/^---$/m);
  const kept = stages.filter((stage) => !/^ {2}name: pod-complete$/m.test(stage));
  assert.equal(kept.length, stages.length - 1);
  await Deno.writeTextFile(join(dir, "stages.yaml"), kept.join("---"));
  return dir;
}

// deno-lint-ignore no-explicit-any
type Json = any;

async function podOf(plane: ControlPlane, job: FleetJob, index: number): Promise<Json> {
  const { items } = await plane.ask("GET", `${pods}?labelSelector=fmbench.dev/fleet=${job.name}`);
  return items.find(({ metadata }: Json) =>
    metadata.annotations["batch.kubernetes.io/job-completion-index"] === String(index)
  );
}

/** Looks until it is so; then, or in the end, says what is not. */
async function comesTo<T>(look: () => Promise<T>, expected: T): Promise<void> {
  let last: T | undefined;
  await eventually(async () => isDeepStrictEqual(last = await look(), expected)).catch(() => {});
  assert.deepEqual(last, expected);
}

/** What a kubelet says of a container that ended. */
async function ends(plane: ControlPlane, job: FleetJob, index: number, exitCode: number): Promise<void> {
  const { metadata: { name }, spec } = await podOf(plane, job, index);
  const terminated = {
    exitCode,
    reason: exitCode === 0 ? "Completed" : "Error",
    message: exitCode === 0 ? "" : "first line\nthe controller is gone\n",
    startedAt: "2026-11-22T05:30:00Z",
    finishedAt: "2026-11-22T05:30:09Z",
  };
  const status = {
    phase: exitCode === 0 ? "Succeeded" : "Failed",
    containerStatuses: [{
      name: spec.containers[0].name,
      image: spec.containers[0].image,
      imageID: "",
      ready: false,
      restartCount: 0,
      state: { terminated },
    }],
  };
  await plane.ask("PATCH", `${pods}/${name}/status`, { status }, { type: "application/merge-patch+json" });
}

/** The environment that a kubelet gives to a container, worked out from its pod and the objects that it names. */
async function environmentOf(plane: ControlPlane, pod: Json): Promise<Record<string, string>> {
  const env: Record<string, string> = {};
  for (const { name, value, valueFrom } of pod.spec.containers[0].env) {
    if (valueFrom?.secretKeyRef !== undefined) {
      const { name: secret, key } = valueFrom.secretKeyRef;
      env[name] = atob((await plane.ask("GET", `/api/v1/namespaces/load/secrets/${secret}`)).data[key]);
    } else if (valueFrom?.fieldRef !== undefined) {
      const [, field, key] = /^metadata\.(\w+)\['(.+)'\]$/.exec(valueFrom.fieldRef.fieldPath) ?? [];
      env[name] = pod.metadata[field ?? ""][key ?? ""];
    } else env[name] = value;
  }
  return env;
}

Deno.test(
  { name: "a fleet on a real control plane", ignore: skip, sanitizeOps: false, sanitizeResources: false },
  async (t) => {
    const folder = await patientPrograms(programs ?? "");
    const plane = await controlPlane(folder);
    const { ask, kubeconfig } = plane;
    await using engine = kubernetesEngine({
      address: null,
      namespace: null,
      env: { KUBECONFIG: kubeconfig },
    });
    const statuses = async (job: FleetJob) => (await engine.states(job)).map(({ status }) => status);
    const untilStatuses = (job: FleetJob, expected: string[]) =>
      comesTo<string[]>(() => statuses(job), expected);
    try {
      const job = jobOf("one");
      await ask("POST", "/api/v1/nodes", fakeNode("node-1", 0));
      await ask("POST", "/api/v1/nodes", fakeNode("node-2", 1));

      await t.step("what is wrong is said before anything is created", async () => {
        await assert.rejects(engine.check(job), /it says 404: namespaces "load" not found/);
        await ask("POST", "/api/v1/namespaces", { metadata: { name: "load" } });
        await assert.rejects(
          engine.check({ ...job, image: null }),
          /no image is said.*Set load\.fleet\.image/,
        );
        await assert.rejects(engine.check({ ...job, workers: 5 }), (error: Error) => {
          assert.match(
            error.message,
            /Cannot start 5 workers on the cluster "https:\S+": its nodes have room for 4 now: /,
          );
          assert.match(error.message, /per_node: 2 on each of 2 nodes is 4\. Lower load\.fleet\.workers/);
          return true;
        });
        await assert.rejects(
          engine.check(jobOf("gpu", { resources: { "nvidia.com/gpu": 1 }, per_node: null })),
          /have room for 1 now: nvidia\.com\/gpu: 1 a worker is there for 1 \(1 on 2 nodes\)/,
        );
        await engine.check(job);
        assert.deepEqual(await engine.list(), []);
        assert.deepEqual((await ask("GET", "/apis/batch/v1/jobs")).items, []);
      });

      await t.step(
        "every index gets a pod, no more on a node than the limit; sent again it stays one Job",
        async () => {
          await engine.submit(job);
          await engine.submit(job);
          await untilStatuses(job, ["running", "running", "running", "running"]);
          const nodes = (await engine.states(job)).map(({ node }) => node).sort();
          assert.deepEqual(nodes, ["node-1", "node-1", "node-2", "node-2"]);
          const { spec, metadata } = await ask("GET", `/apis/batch/v1/namespaces/load/jobs/${job.name}`);
          assert.deepEqual(
            [
              spec.completionMode,
              spec.completions,
              spec.parallelism,
              spec.backoffLimitPerIndex,
              spec.suspend,
            ],
            ["Indexed", 4, 4, 0, false],
          );
          assert.equal(metadata.labels["fmbench.dev/run-id"], run_id);
          const { items } = await ask("GET", `${pods}?labelSelector=fmbench.dev/run-id=${run_id}`);
          assert.equal(items.length, 4);
          assert.deepEqual(items[0].spec.containers[0].resources, {
            requests: { cpu: "500m", memory: "1G" },
          });
          assert.deepEqual(
            (await engine.list()).map(({ name, run_id, active }) => [name, run_id, active]),
            [[job.name, run_id, true]],
          );
        },
      );

      await t.step("a worker run by hand with the environment of index 3 is worker 3", async () => {
        const env = await environmentOf(plane, await podOf(plane, job, 3));
        assert.deepEqual(env, {
          FMBENCH_CONTROLLER: "ws://10.0.0.5:41234",
          FMBENCH_SECRET: "for-workers-alone",
          FMBENCH_STORAGE: "/shared",
          FMBENCH_WORKER: "3",
          // Kubernetes' own.
          JOB_COMPLETION_INDEX: "3",
        });
        const program = `import { remoteVariables } from "./lib/fleet/remote_variables.ts";
          console.log(remoteVariables((name) => Deno.env.get(name)).worker);`;
        const { stdout } = await new Deno.Command(Deno.execPath(), {
          args: ["eval", "--quiet", program],
          cwd: projectRoot,
          clearEnv: true,
          env,
        }).output();
        assert.equal(new TextDecoder().decode(stdout), "3\n");
        const text = JSON.stringify(await ask("GET", "/apis/batch/v1/namespaces/load/jobs")) +
          JSON.stringify(await ask("GET", pods));
        assert.doesNotMatch(text, /for-workers-alone/);
      });

      await t.step(
        "an index that fails is reported with code and last line, and not begun anew",
        async () => {
          await ends(plane, job, 2, 3);
          await untilStatuses(job, ["running", "running", "failed", "running"]);
          await comesTo<unknown>(async () => {
            const { status } = await ask("GET", `/apis/batch/v1/namespaces/load/jobs/${job.name}`);
            return [status.failedIndexes, status.active];
          }, ["2", 3]);
          const { reason, node } = (await engine.states(job))[2] ?? {};
          assert.equal(reason, "it ended with code 3: the controller is gone");
          assert.match(node ?? "", /^node-[12]$/);
          assert.equal(await engine.logs(job, 2), null);
        },
      );

      await t.step(
        "a pod that is taken away is a failed index; one that ends well a succeeded one",
        async () => {
          const { metadata } = await podOf(plane, job, 1);
          await ask("DELETE", `${pods}/${metadata.name}`);
          await ends(plane, job, 0, 0);
          await untilStatuses(job, ["succeeded", "failed", "failed", "running"]);
          assert.match((await engine.states(job))[1]?.reason ?? "", /^its pod is (gone|being deleted)$/);
          await comesTo<unknown>(async () => {
            const { items } = await ask("GET", `${pods}?labelSelector=fmbench.dev/fleet=${job.name}`);
            const at = items.map(({ metadata }: Json) =>
              metadata.labels["batch.kubernetes.io/job-completion-index"]
            );
            return [at.sort(), (await engine.states(job))[1]?.reason];
          }, [["0", "2", "3"], "its pod is gone"]);
        },
      );

      await t.step("who has no room waits, with the scheduler's words", async () => {
        const wide = jobOf("wide", { workers: 5 });
        await engine.submit(wide);
        await eventually(async () =>
          (await statuses(wide)).filter((one) => one === "running").length === 4 &&
          (await engine.states(wide)).some(({ reason }) => reason?.startsWith("0/2") ?? false)
        );
        const waiting = (await engine.states(wide)).find(({ status }) => status === "pending");
        assert.match(
          waiting?.reason ?? "",
          /^0\/2 nodes are available: 2 node\(s\) didn't match pod topology spread constraints/,
        );
        await engine.stop(wide);
        assert.deepEqual(await statuses(wide), Array(5).fill("stopped"));
      });

      await t.step(
        "half a job, whose Secret is not there yet, runs nothing, is found, completed and stopped",
        async () => {
          const half = jobOf("half");
          await ask(
            "PATCH",
            `/apis/batch/v1/namespaces/load/jobs/${half.name}?fieldManager=fmbench`,
            jobObject(half, "load", true),
            { type: "application/apply-patch+yaml" },
          );
          assert.deepEqual((await engine.list()).map(({ name, active }) => [name, active]), [
            [job.name, true],
            [half.name, true],
          ]);
          assert.deepEqual((await engine.states(half))[0], {
            index: 0,
            status: "pending",
            node: null,
            reason: "the Job is suspended",
          });
          await engine.submit(half);
          await untilStatuses(half, ["running", "running", "running", "running"]);
          await engine.stop(half);
          assert.deepEqual((await engine.list()).map(({ name }) => name), [job.name]);
        },
      );

      await t.step("it is stopped to the last pod and its Secret; what is not ours stays", async () => {
        const foreign = { name: jobOf("foreign").name };
        const container = { name: "c", image: "registry.example.com/other:1" };
        await ask("POST", "/apis/batch/v1/namespaces/load/jobs", {
          metadata: foreign,
          spec: { template: { spec: { restartPolicy: "Never", containers: [container] } } },
        });
        await assert.rejects(
          engine.submit(jobOf("foreign")),
          /there is a Job of that name that is not this run's/,
        );
        await engine.stop(jobOf("foreign"));
        await engine.stop(job);
        await engine.stop(job);
        const { items: jobs } = await ask("GET", "/apis/batch/v1/namespaces/load/jobs");
        assert.deepEqual(jobs.map(({ metadata }: Json) => metadata.name), [foreign.name]);
        const { items: left } = await ask("GET", pods);
        assert.deepEqual(left.map(({ metadata }: Json) => metadata.labels["job-name"]), [foreign.name]);
        assert.deepEqual(await engine.list(), []);
        assert.deepEqual(await statuses(job), ["stopped", "stopped", "stopped", "stopped"]);
        await comesTo<unknown>(async () => (await ask("GET", "/api/v1/namespaces/load/secrets")).items, []);
      });
    } finally {
      await plane.stop();
      await Deno.remove(folder, { recursive: true });
    }
  },
);
