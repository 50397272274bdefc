import assert from "node:assert/strict";
import { join } from "node:path";
import { owed, readLedger } from "../../../lib/deploy/mod.ts";
import { kubernetesTarget } from "../../../lib/deploy/kubernetes/kubernetes.ts";
import { fmbenchAtHand, fmbenchFolder } from "../../config/fmbench_folder.ts";
import { eventually } from "../scene.ts";
import { place, rayService, served, serviceOf } from "./cluster_scene.ts";
import { type ControlPlane, controlPlane, fakeNode, programs, rayServiceKind } from "./control_plane.ts";

const target = kubernetesTarget({ first_ms: 100, most_ms: 300, removal_ms: 30_000 });
const env = {
  MODEL: "m-1",
  HF_TOKEN: "hf_notforanybodyelse",
  HUGGING_FACE_HUB_TOKEN: "hf_notforanybodyelse",
};
const json = (value: unknown) => JSON.stringify(value);

const skip = programs === null;
if (skip) {
  console.log(
    "SKIPPED tests on a real control plane: FMBENCH_TEST_KUBERNETES names no folder with its programs",
  );
}

const stateful = `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: cache }
spec:
  serviceName: cache
  selector: { matchLabels: { app: cache } }
  template:
    metadata: { labels: { app: cache } }
    spec: { containers: [{ name: server, image: registry.example.com/server:1 }] }
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
`;

let plane: ControlPlane;

/** A server that stands for what pods would run. */
function model(): { url: string; close(): Promise<void> } {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, () => new Response("here"));
  return { url: `http://127.0.0.1:${server.addr.port}/v1`, close: () => server.shutdown() };
}

async function namespaces(): Promise<string[]> {
  const { items } = await plane.ask("GET", "/api/v1/namespaces");
  return items.map(({ metadata }: { metadata: { name: string } }) => metadata.name);
}

async function removeAllOf(run: string, context: { log: (message: string) => void }): Promise<string[]> {
  const outcomes: string[] = [];
  for (const resource of owed(run).reverse()) {
    outcomes.push(
      `${resource.name.replace(/ of .*/, "")} ${await target.remove(resource, {
        run_dir: run,
        env: {},
        log: context.log,
      })}`,
    );
  }
  return outcomes;
}

Deno.test(
  { name: "a real control plane", ignore: skip, sanitizeOps: false, sanitizeResources: false },
  async (t) => {
    plane = await controlPlane(programs!);
    const { ask, kubeconfig } = plane;
    const service = model();
    const eks = { kubeconfig, service_url: service.url };
    try {
      for (const name of ["gpu-1", "gpu-2"]) await ask("POST", "/api/v1/nodes", fakeNode(name, 4));

      await t.step("manifests are applied, ready, and removed to the last object", async () => {
        const { run, context, close } = await place(served(1), { env });
        try {
          const endpoint = await target.deploy(serviceOf(eks), context);
          assert.deepEqual(
            [endpoint.url, endpoint.deployed, endpoint.deployer, await target.isAlive(endpoint)],
            [service.url, true, "kubernetes", true],
          );
          assert.ok((endpoint.ready_after_s ?? 0) > 0);
          const { items: pods } = await ask("GET", "/api/v1/namespaces/models/pods");
          assert.equal(pods.length, 2);
          assert.equal(pods[0].metadata.labels["fmbench.dev/run-id"], context.run_id);
          assert.deepEqual(pods[0].spec.containers[0].env, [
            { name: "MODEL", value: "m-1" },
            {
              name: "HF_TOKEN",
              valueFrom: { secretKeyRef: { name: "fmbench-llama-secrets-1a2b3c", key: "HF_TOKEN" } },
            },
          ]);
          const secret = await ask("GET", "/api/v1/namespaces/models/secrets/fmbench-llama-secrets-1a2b3c");
          assert.equal(atob(secret.data.HF_TOKEN), env.HF_TOKEN);
          assert.doesNotMatch(json(readLedger(run)), /notforanybodyelse/);
          const tagged = await target.findTagged!({
            regions: [],
            env: { KUBECONFIG: kubeconfig },
            log: () => {},
          });
          assert.deepEqual(
            tagged.map(({ id }) => id).sort(),
            owed(run).map(({ id }) => id).sort(),
          );
          assert.equal(tagged.at(-1)?.name, "Namespace models of llama");
          assert.deepEqual(tagged[0]?.ownership, context.ownership);
          assert.deepEqual(await removeAllOf(run, context), [
            "Ingress models/llama removed",
            "Deployment models/llama removed",
            "Service models/llama removed",
            "Secret models/fmbench-llama-secrets-1a2b3c removed",
            "Namespace models removed",
          ]);
          assert.equal((await namespaces()).includes("models"), false);
          assert.deepEqual(await removeAllOf(run, context), [
            "Ingress models/llama already gone",
            "Deployment models/llama already gone",
            "Service models/llama already gone",
            "Secret models/fmbench-llama-secrets-1a2b3c already gone",
            "Namespace models already gone",
          ]);
        } finally {
          await close();
        }
      });

      await t.step("the address of a load balancer becomes the URL once it has one", async () => {
        const port = Number(new URL(service.url).port);
        const balanced = served(1).replace(/^[^]*?---/, "").replace(
          "port: 8000 }",
          `port: ${port}, targetPort: 8000 }`,
        )
          .replace(
            "selector: { app: llama }\n  ports",
            "type: LoadBalancer\n  selector: { app: llama }\n  ports",
          );
        const { run, context, close } = await place(balanced, { env });
        try {
          const deploying = target.deploy(serviceOf({ kubeconfig, service_url: null }), context);
          const path = "/api/v1/namespaces/models/services/llama";
          await eventually(async () =>
            (await ask("GET", path, undefined, { allow: [404] })).kind === "Service"
          );
          const status = { loadBalancer: { ingress: [{ ip: "127.0.0.1" }] } };
          await ask("PATCH", `${path}/status`, { status }, { type: "application/merge-patch+json" });
          assert.equal((await deploying).url, `http://127.0.0.1:${port}`);
        } finally {
          await removeAllOf(run, context);
          await close();
        }
      });

      await t.step("the address of an Ingress does too, and what is behind it has to answer", async () => {
        const { run, context, close } = await place(served(1), { env });
        try {
          const experiment = serviceOf({ kubeconfig, service_url: null }, { ready_timeout_seconds: 3 });
          const deploying = target.deploy({ ...experiment, url_format: "serve/infer?sentence=" }, context);
          deploying.catch(() => {});
          const path = "/apis/networking.k8s.io/v1/namespaces/models/ingresses/llama";
          await eventually(async () =>
            (await ask("GET", path, undefined, { allow: [404] })).kind === "Ingress"
          );
          const status = { loadBalancer: { ingress: [{ hostname: "ingress.invalid" }] } };
          await ask("PATCH", `${path}/status`, { status }, { type: "application/merge-patch+json" });
          await assert.rejects(
            deploying,
            /http:\/\/ingress\.invalid\/serve\/infer\?sentence= does not answer in time: /,
          );
        } finally {
          await removeAllOf(run, context);
          await close();
        }
      });

      await t.step(
        "what no node has is said in the scheduler's words, and the rest is removable",
        async () => {
          const { run, context, close } = await place(served(8), { env });
          const told: string[] = [];
          try {
            await assert.rejects(
              target.deploy(serviceOf(eks, { ready_timeout_seconds: 2 }), {
                ...context,
                waiting: (what) => told.push(what),
              }),
              (error: Error) => {
                assert.match(
                  error.message,
                  /^Cannot deploy the experiment "llama": it is not ready in time: /,
                );
                assert.match(error.message, /Deployment models\/llama: 0 of 2 pods are available/);
                assert.match(
                  error.message,
                  /pod llama-\w+-\w+ and 1 more: 0\/2 nodes are available: 2 Insufficient nvidia\.com\/gpu/,
                );
                assert.match(error.message, /Give the cluster nodes that have what is asked for/);
                return true;
              },
            );
            assert.ok(told.some((what) => /Insufficient nvidia\.com\/gpu/.test(what)));
            assert.equal((await removeAllOf(run, context)).length, 5);
            assert.equal((await namespaces()).includes("models"), false);
          } finally {
            await close();
          }
        },
      );

      await t.step(
        "a kind that the cluster lacks is refused by the name of its operator, and nothing is created",
        async () => {
          const { run, context, close } = await place(rayService, { env });
          try {
            await assert.rejects(
              target.deploy(serviceOf(eks), context),
              /Cannot create "RayService ray\/chat": the cluster has no kind RayService of ray\.io\/v1\. Install KubeRay/,
            );
            assert.deepEqual([readLedger(run), (await namespaces()).includes("ray")], [[], false]);
          } finally {
            await close();
          }
        },
      );

      await t.step("a RayService is ready when its operator says that its applications run", async () => {
        await ask("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", rayServiceKind);
        await eventually(async () =>
          (await ask("GET", "/apis/ray.io/v1", undefined, { allow: [404] })).kind === "APIResourceList"
        );
        const { run, context, close } = await place(rayService, { env });
        const told: string[] = [];
        try {
          const deploying = target.deploy(serviceOf(eks), { ...context, waiting: (what) => told.push(what) });
          const path = "/apis/ray.io/v1/namespaces/ray/rayservices/chat";
          const say = (serviceStatus: string, status: string) =>
            ask("PATCH", `${path}/status`, {
              status: { serviceStatus, activeServiceStatus: { applicationStatuses: { chat: { status } } } },
            }, { type: "application/merge-patch+json" });
          await eventually(() =>
            told.some((what) => what.includes("its operator has not said anything of it"))
          );
          await say("WaitForServeDeploymentReady", "DEPLOYING");
          await eventually(() => told.some((what) => what.includes("application chat is DEPLOYING")));
          await say("Running", "RUNNING");
          assert.equal((await deploying).url, service.url);
          const live = await ask("GET", path);
          assert.doesNotMatch(json(live), /notforanybodyelse/);
          assert.doesNotMatch(live.spec.serveConfigV2, /HUGGING_FACE_HUB_TOKEN/);
          assert.match(live.spec.serveConfigV2, /MODEL_ID: "m-1"/);
          for (
            const group of [
              live.spec.rayClusterConfig.headGroupSpec,
              live.spec.rayClusterConfig.workerGroupSpecs[0],
            ]
          ) {
            const [{ env: variables }] = group.template.spec.containers;
            assert.deepEqual(variables, [{
              name: "HUGGING_FACE_HUB_TOKEN",
              valueFrom: {
                secretKeyRef: { name: "fmbench-llama-secrets-1a2b3c", key: "HUGGING_FACE_HUB_TOKEN" },
              },
            }]);
          }
          assert.deepEqual(await removeAllOf(run, context), [
            "RayService ray/chat removed",
            "Secret ray/fmbench-llama-secrets-1a2b3c removed",
            "Namespace ray removed",
          ]);
          assert.equal((await namespaces()).includes("ray"), false);
        } finally {
          await close();
        }
      });

      for (const name of fmbenchAtHand ? ["llama3", "mistral"] : []) {
        await t.step(`FMBench's manifest for ${name}, untouched, is applied, ready and gone`, async () => {
          const file = join(fmbenchFolder, "eks_manifests", `${name}-ray-service.yaml`);
          const { run, context, close } = await place(await Deno.readTextFile(file), { env });
          try {
            const deploying = target.deploy(serviceOf({ ...eks, namespace: name }), context);
            deploying.catch(() => {});
            const all = `/apis/ray.io/v1/namespaces/${name}/rayservices`;
            const services = async () => (await ask("GET", all, undefined, { allow: [404] })).items ?? [];
            await eventually(async () => (await services()).length === 1);
            const [{ metadata, spec }] = await services();
            assert.doesNotMatch(json(spec), /notforanybodyelse/);
            await ask("PATCH", `${all}/${metadata.name}/status`, {
              status: {
                serviceStatus: "Running",
                activeServiceStatus: { applicationStatuses: { [name]: { status: "RUNNING" } } },
              },
            }, { type: "application/merge-patch+json" });
            assert.equal((await deploying).deployed, true);
            const outcomes = await removeAllOf(run, context);
            assert.ok(outcomes.every((outcome) => outcome.endsWith(" removed")), outcomes.join(", "));
            assert.equal((await namespaces()).includes(name), false);
          } finally {
            await close();
          }
        });
      }

      await t.step("an object that is there is refused and survives, and so does its namespace", async () => {
        const theirs = { metadata: { name: "models" } };
        await ask("POST", "/api/v1/namespaces", theirs);
        const config = {
          metadata: { name: "llama" },
          spec: { selector: { app: "theirs" }, ports: [{ port: 1 }] },
        };
        const before = await ask("POST", "/api/v1/namespaces/models/services", config);
        const { run, context, close } = await place(served(1), { env });
        try {
          await assert.rejects(
            target.deploy(serviceOf(eks), context),
            /Cannot create "Service models\/llama": it exists, and no run has created it/,
          );
          assert.deepEqual(readLedger(run), []);
          const now = await ask("GET", "/api/v1/namespaces/models/services/llama");
          assert.deepEqual([now.metadata.uid, now.spec], [before.metadata.uid, before.spec]);
          await ask("DELETE", "/api/v1/namespaces/models/services/llama");
          await ask("POST", "/api/v1/namespaces/models/configmaps", { metadata: { name: "theirs" } });
          await target.deploy(serviceOf(eks), context);
          const outcomes = await removeAllOf(run, context);
          assert.deepEqual(outcomes.map((outcome) => outcome.split(" ")[0]), [
            "Ingress",
            "Deployment",
            "Service",
            "Secret",
          ]);
          assert.equal((await namespaces()).includes("models"), true);
          assert.equal((await ask("GET", "/api/v1/namespaces/models/configmaps/theirs")).kind, "ConfigMap");
          const { items } = await ask("GET", "/api/v1/namespaces/models/pods");
          assert.deepEqual(items, []);
        } finally {
          await ask("DELETE", "/api/v1/namespaces/models");
          await eventually(async () => !(await namespaces()).includes("models"));
          await close();
        }
      });

      await t.step(
        "a namespace of ours with something of somebody else in it stays until that is gone",
        async () => {
          const { run, context, close } = await place(served(1), { env });
          try {
            await target.deploy(serviceOf(eks), context);
            await ask("POST", "/api/v1/namespaces/models/configmaps", { metadata: { name: "theirs" } });
            for (const resource of owed(run).reverse()) {
              const removing = target.remove(resource, { run_dir: run, env: {}, log: context.log });
              if (!resource.name.startsWith("Namespace")) assert.equal(await removing, "removed");
              else await assert.rejects(removing, /it holds what this run did not create: ConfigMap theirs/);
            }
            await ask("DELETE", "/api/v1/namespaces/models/configmaps/theirs");
            assert.equal((await removeAllOf(run, context)).at(-1), "Namespace models removed");
          } finally {
            await close();
          }
        },
      );

      await t.step(
        "an intent without an id is found by its mark; another object of the same name stays",
        async () => {
          const { run, context, close } = await place(served(1), { env });
          try {
            await target.deploy(serviceOf(eks), context);
            const intents = owed(run).map((resource) => ({ ...resource, id: null }));
            const deployment = intents.find(({ name }) => name.startsWith("Deployment"))!;
            const removal = { run_dir: run, env: {}, log: context.log };
            assert.equal(await target.remove(deployment, removal), "removed");
            await ask("POST", "/apis/apps/v1/namespaces/models/deployments", {
              metadata: { name: "llama" },
              spec: {
                replicas: 0,
                selector: { matchLabels: { app: "x" } },
                template: {
                  metadata: { labels: { app: "x" } },
                  spec: { containers: [{ name: "x", image: "x" }] },
                },
              },
            });
            assert.equal(await target.remove(deployment, removal), "already gone");
            assert.equal(
              (await ask("GET", "/apis/apps/v1/namespaces/models/deployments/llama")).kind,
              "Deployment",
            );
            await ask("DELETE", "/apis/apps/v1/namespaces/models/deployments/llama");
            await removeAllOf(run, context);
            assert.equal((await namespaces()).includes("models"), false);
          } finally {
            await close();
          }
        },
      );

      await t.step(
        "a second attempt of the same run uses what is ready, and takes away what is not the same",
        async () => {
          const { run, context, folder, logged, close } = await place(served(1), { env });
          try {
            const experiment = serviceOf(eks);
            await target.deploy(experiment, context);
            const first = owed(run).map(({ id }) => id);
            const again = await target.deploy(experiment, context);
            assert.deepEqual([again.url, again.ready_after_s, owed(run).map(({ id }) => id)], [
              service.url,
              undefined,
              first,
            ]);
            assert.match(logged.at(-1)!, /uses what an earlier attempt of this run has created/);
            await Deno.writeTextFile(`${folder}/service.yaml`, served(2));
            await target.deploy(experiment, context);
            const kept = owed(run).filter(({ id }) => first.includes(id)).map(({ name }) => name);
            assert.deepEqual(kept, ["Namespace models of llama"]);
            await removeAllOf(run, context);
            assert.equal((await namespaces()).includes("models"), false);
          } finally {
            await close();
          }
        },
      );

      await t.step(
        "of EKS, its address, certificate and a signed token lead to the cluster, which does not know whose it is",
        async () => {
          const [{ cluster }] = JSON.parse(await Deno.readTextFile(kubeconfig)).clusters;
          const data = cluster["certificate-authority-data"];
          const eksService = Deno.serve(
            { port: 0, hostname: "127.0.0.1", onListen() {} },
            () => Response.json({ cluster: { endpoint: cluster.server, certificateAuthority: { data } } }),
          );
          const variables = {
            AWS_ENDPOINT_URL_EKS: `http://127.0.0.1:${eksService.addr.port}`,
            AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
            AWS_SECRET_ACCESS_KEY: "secret/of/a/test",
          };
          for (const [name, value] of Object.entries(variables)) Deno.env.set(name, value);
          const { context, close } = await place(served(1), { env });
          try {
            const experiment = serviceOf({ ...eks, kubeconfig: null, cluster_name: "big" });
            await assert.rejects(
              target.deploy({ ...experiment, region: "eu-west-1" }, context),
              /it says 401: Unauthorized\. Log in anew, or let the cluster know you/,
            );
          } finally {
            for (const name of Object.keys(variables)) Deno.env.delete(name);
            await eksService.shutdown();
            await close();
          }
        },
      );

      await t.step("the claims of a StatefulSet go with it", async () => {
        const { run, context, close } = await place(stateful, { env });
        try {
          const deploying = target.deploy(serviceOf(eks, { ready_timeout_seconds: 2 }), context);
          deploying.catch(() => {});
          const claims = async () =>
            (await ask("GET", "/api/v1/namespaces/models/persistentvolumeclaims")).items ?? [];
          await eventually(async () => (await claims()).length === 1);
          await assert.rejects(deploying, /StatefulSet models\/cache: 0 of 1 pods are ready/);
          assert.deepEqual(await removeAllOf(run, context), [
            "StatefulSet models/cache removed",
            "Namespace models removed",
          ]);
          assert.equal((await namespaces()).includes("models"), false);
        } finally {
          await close();
        }
      });
      assert.deepEqual((await namespaces()).sort(), [
        "default",
        "kube-node-lease",
        "kube-public",
        "kube-system",
      ]);
    } finally {
      await service.close();
      await plane.stop();
    }
  },
);
