import assert from "node:assert/strict";
import type { Clock } from "../../../lib/core/mod.ts";
import { deployerFor, owed, readLedger } from "../../../lib/deploy/mod.ts";
import { kubernetes, kubernetesTarget } from "../../../lib/deploy/kubernetes/kubernetes.ts";
import { type ApiServer, apiServer, refusals } from "./api_server.ts";
import { place, served, serviceOf } from "./cluster_scene.ts";

const target = kubernetesTarget({ pauses_ms: [100, 100], removal_ms: 60_000 });
const token = "hf_notforanybodyelse";
const env = { MODEL: "m-1", HF_TOKEN: token };

/** Time passes as soon as somebody waits for it. */
function quickClock(): Clock {
  let now = 0;
  return {
    now: () => now,
    date: () => new Date(now),
    sleepUntil: (at, signal) => {
      now = Math.max(now, at);
      return signal?.aborted ? Promise.reject(signal.reason) : new Promise((resolve) => setTimeout(resolve));
    },
  };
}

type Placed = Awaited<ReturnType<typeof place>>;

/** A run with the manifests of one service, an API server that makes everything ready, and a server that answers. */
async function inScene(
  work: (api: ApiServer, placed: Placed, eks: { kubeconfig: string; service_url: string }) => Promise<void>,
): Promise<void> {
  const api = await apiServer();
  const model = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, () => new Response("here"));
  const placed = await place(served(1), { env, clock: quickClock() });
  api.settle = available;
  try {
    await work(api, placed, {
      kubeconfig: api.kubeconfig,
      service_url: `http://127.0.0.1:${model.addr.port}/v1`,
    });
  } finally {
    await placed.close();
    await model.shutdown();
    await api.close();
  }
}

// deno-lint-ignore no-explicit-any
function available(object: any): void {
  if (object.kind !== "Deployment") return;
  const conditions = [{ type: "Available", status: "True" }];
  object.status = { observedGeneration: 1, updatedReplicas: 2, availableReplicas: 2, conditions };
}

const removal = ({ run, context }: Placed) => ({
  run_dir: run,
  env: {},
  log: context.log,
  clock: quickClock(),
});
const deploymentPath = "/apis/apps/v1/namespaces/models/deployments/llama";

Deno.test("a scripted API server: objects are applied in their order, each in the ledger before, and deleted in the other", () =>
  inScene(async (api, placed, eks) => {
    const { run, context } = placed;
    const seen: string[] = [];
    api.answer = (method, path, query, body) => {
      if (method !== "PATCH") return null;
      const last = readLedger(run).at(-1)!;
      seen.push(`${body.kind} ${last.event} ${last.id}`);
      assert.match(query.get("fieldManager") ?? "", /^fmbench-[0-9a-f-]{36}$/);
      assert.equal(path.endsWith(body.metadata.name), true);
      return null;
    };
    const endpoint = await target.deploy(serviceOf(eks, { metrics_url: "http://x/metrics" }), context);
    assert.deepEqual(endpoint.observed, { metrics_urls: ["http://x/metrics"] });
    assert.deepEqual(
      seen,
      ["Namespace", "Secret", "Service", "Deployment", "Ingress"].map((kind) => `${kind} intent null`),
    );
    assert.deepEqual(owed(run).map(({ id, billing }) => [id, billing?.per_hour]), [
      ["uid-1", undefined],
      ["uid-2", undefined],
      ["uid-3", undefined],
      ["uid-4", 1.5],
      ["uid-5", undefined],
    ]);
    assert.equal(JSON.stringify(readLedger(run)).includes(token), false);
    api.answer = () => null;
    for (const resource of owed(run).reverse()) {
      assert.equal(await target.remove(resource, removal(placed)), "removed");
    }
    assert.deepEqual(api.changes.slice(5), [
      "DELETE /apis/networking.k8s.io/v1/namespaces/models/ingresses/llama",
      `DELETE ${deploymentPath}`,
      "DELETE /api/v1/namespaces/models/services/llama",
      "DELETE /api/v1/namespaces/models/secrets/fmbench-llama-secrets-1a2b3c",
      "DELETE /api/v1/namespaces/models",
    ]);
    assert.equal(api.objects.size, 0);
  }));

Deno.test("a scripted API server: what is refused in the middle leaves what was made in the ledger, and nothing more is made", () =>
  inScene(async (api, { run, context }, eks) => {
    api.answer = (method, _path, _query, body) =>
      method === "PATCH" && body.kind === "Service"
        ? refusals.failure(403, "Forbidden", `services is forbidden for ${token}`)
        : null;
    await assert.rejects(target.deploy(serviceOf(eks), context), (error: Error) => {
      assert.match(
        error.message,
        /^Cannot create "Service models\/llama": it says 403: services is forbidden for \[redacted\]\. Ask for the right/,
      );
      return true;
    });
    assert.deepEqual(owed(run).map(({ name, id }) => [name, id]), [
      ["Namespace models of llama", "uid-1"],
      ["Secret models/fmbench-llama-secrets-1a2b3c of llama", "uid-2"],
    ]);
    assert.equal(api.changes.length, 3);
  }));

Deno.test("a scripted API server: an object whose creation was not heard of is ours at the second attempt", () =>
  inScene(async (api, { run, context }, eks) => {
    let lost = false;
    // The server keeps the object, and its answer is an error.
    api.answer = (method, path, query, body) => {
      if (method !== "PATCH" || body.kind !== "Service" || lost) return null;
      lost = true;
      const managedFields = [{ manager: query.get("fieldManager"), operation: "Apply" }];
      api.objects.set(path, { ...body, metadata: { ...body.metadata, uid: "uid-lost", managedFields } });
      return refusals.failure(503, "Unavailable", "try again");
    };
    await target.deploy(serviceOf(eks), context);
    assert.ok(owed(run).some(({ id }) => id === "uid-lost"));
  }));

Deno.test("a scripted API server: an object that somebody else makes at the same moment is given up, not owned", () =>
  inScene(async (api, { run, context }, eks) => {
    api.answer = (method, path, _query, body) => {
      if (method !== "PATCH" || body.kind !== "Service") return null;
      const managedFields = [{ manager: "theirs", operation: "Update" }, {
        manager: "ours",
        operation: "Apply",
      }];
      const object = { ...body, metadata: { ...body.metadata, uid: "theirs", managedFields } };
      api.objects.set(path, object);
      return Response.json(object);
    };
    await assert.rejects(
      target.deploy(serviceOf(eks), context),
      /Service models\/llama": somebody else created it at the same moment/,
    );
    assert.equal(owed(run).some(({ name }) => name.startsWith("Service")), false);
  }));

Deno.test("a scripted API server: a crash loop is given its time, then reported with the last words of the container", () =>
  inScene(async (api, { context }, eks) => {
    const clock = quickClock();
    api.settle = () => {};
    const pod = {
      metadata: { name: "llama-1", namespace: "models" },
      status: {
        containerStatuses: [{
          name: "server",
          state: { waiting: { reason: "CrashLoopBackOff", message: "back-off 40s" } },
          lastState: { terminated: { exitCode: 1, reason: "Error" } },
        }],
      },
    };
    api.answer = (_method, path, query) => {
      if (path.endsWith("/log")) {
        assert.deepEqual([query.get("container"), query.get("previous")], ["server", "true"]);
        return new Response(`loading\nValueError: no weights for ${token}\n`);
      }
      if (path !== "/api/v1/namespaces/models/pods") return null;
      assert.equal(
        query.get("labelSelector"),
        "fmbench.dev/run-id=20261122T100000Z-1a2b3c,fmbench.dev/experiment=llama",
      );
      return Response.json({ items: [pod] });
    };
    await assert.rejects(target.deploy(serviceOf(eks), { ...context, clock }), (error: Error) => {
      assert.match(
        error.message,
        /^Cannot deploy the experiment "llama": it has not come right for 300 s: Deployment models\/llama: 0 of 2 pods are available; pod llama-1, container server: CrashLoopBackOff: back-off 40s: it ended with code 1\. /,
      );
      assert.match(
        error.message,
        /\nThe container's log ends with:\nloading\nValueError: no weights for \[redacted\]$/,
      );
      return true;
    });
    // 300 s and at most one more look, at intervals of 10 s.
    assert.ok(clock.now() >= 300_000 && clock.now() <= 330_000, String(clock.now()));
  }));

Deno.test("a scripted API server: a stop while it waits leaves everything in the ledger", () =>
  inScene(async (api, { run, context }, eks) => {
    const aborting = new AbortController();
    api.settle = () => {};
    const waiting = () => aborting.abort(new Error("by the user"));
    await assert.rejects(
      target.deploy(serviceOf(eks), { ...context, signal: aborting.signal, waiting }),
      /by the user/,
    );
    assert.equal(owed(run).length, 5);
  }));

Deno.test("a scripted API server: what does not go is said with the finalizers that hold it", () =>
  inScene(async (api, placed, eks) => {
    await target.deploy(serviceOf(eks), placed.context);
    api.objects.get(deploymentPath).metadata.finalizers = ["example.com/hold"];
    const deployment = owed(placed.run).find(({ name }) => name.startsWith("Deployment"))!;
    await assert.rejects(
      target.remove(deployment, removal(placed)),
      /Cannot remove "Deployment models\/llama": it is still there after 60 s \(finalizers: example\.com\/hold\)/,
    );
  }));

const definition = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: things.example.com }
spec:
  group: example.com
  scope: Namespaced
  names: { plural: things, kind: Thing }
  versions: [{ name: v1, served: true, storage: true }]
`;

Deno.test("a scripted API server: a kind that came with the manifests stays while others use it", () =>
  inScene(async (api, placed, eks) => {
    api.settle = (object) => {
      if (object.kind === "CustomResourceDefinition") {
        object.status = { conditions: [{ type: "Established", status: "True" }] };
      }
    };
    await Deno.writeTextFile(`${placed.folder}/service.yaml`, definition);
    await target.deploy(serviceOf(eks), placed.context);
    const [resource] = owed(placed.run);
    const path = "/apis/example.com/v1/namespaces/theirs/things/t";
    api.objects.set(path, { kind: "Thing", metadata: { name: "t", namespace: "theirs" } });
    await assert.rejects(
      target.remove(resource!, removal(placed)),
      /Cannot remove "CustomResourceDefinition things\.example\.com": there are objects of this kind that this run did not create: theirs\/t/,
    );
    api.objects.delete(path);
    assert.equal(await target.remove(resource!, removal(placed)), "removed");
  }));

Deno.test("a scripted API server: a context that leads elsewhere is an error, not an absence", () =>
  inScene(async (api, placed, eks) => {
    await target.deploy(serviceOf(eks), placed.context);
    const text = await Deno.readTextFile(api.kubeconfig);
    await Deno.writeTextFile(api.kubeconfig, text.replace(api.server, "http://127.0.0.1:1"));
    await assert.rejects(
      target.remove(owed(placed.run)[0]!, removal(placed)),
      /leads to http:\/\/127\.0\.0\.1:1 now, and it was created at http:\/\/127\.0\.0\.1:\d+/,
    );
  }));

Deno.test("a cluster, a kubeconfig or a context that is not there is said with the key to change", async () => {
  await inScene(async (api, { context }, eks) => {
    await assert.rejects(
      target.deploy(serviceOf({ ...eks, context: "other" }), context),
      /it has no context "other"; expected one of x\. Correct eks\.context/,
    );
    await assert.rejects(
      target.deploy(serviceOf({ ...eks, kubeconfig: "none" }), context),
      /Cannot read the kubeconfig ".*none": there is no such file\. Set eks\.kubeconfig or KUBECONFIG/,
    );
    const text = await Deno.readTextFile(api.kubeconfig);
    await Deno.writeTextFile(api.kubeconfig, text.replace(api.server, "http://127.0.0.1:1"));
    await assert.rejects(
      target.deploy(serviceOf(eks), context),
      /Cannot reach the cluster at "http:\/\/127\.0\.0\.1:1": .*Check eks\.kubeconfig/,
    );
  });
});

Deno.test("orphans are looked for only where there is a kubeconfig", async () => {
  const scope = { regions: [], env: { KUBECONFIG: "/nonexistent/config" }, log: () => {} };
  assert.deepEqual(await kubernetes.findTagged!(scope), []);
});

Deno.test("it serves experiments that name it", () => {
  assert.equal(deployerFor(serviceOf()).name, "kubernetes");
  assert.equal(kubernetes.serves(serviceOf({}, { script: "local_process" })), false);
});
