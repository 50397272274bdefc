/**
 * A real control plane on this machine: etcd, API server, controllers and scheduler, with kwok in place of kubelets. Pods get to be
 * ready there, and run nothing. `FMBENCH_TEST_KUBERNETES` names the folder with its programs: `etcd`, `kube-apiserver`,
 * `kube-controller-manager` and `kube-scheduler`, or `kubecp`, which takes these names as its first argument; `kwok` and `stages.yaml`, with
 * kwok's own stages for nodes and pods.
 */

import { join } from "node:path";

/** The folder with the programs; null: they are not named, and whatever needs them is skipped. */
export const programs: string | null = Deno.env.get("FMBENCH_TEST_KUBERNETES") || null;

export interface ControlPlane {
  /** Path of a kubeconfig whose user may do everything. */
  readonly kubeconfig: string;
  /** Sends a request as that user; the body as JSON. Throws for what is not 2xx, unless it is listed. */
  ask(method: string, path: string, body?: unknown, options?: AskOptions): Promise<Json>;
  stop(): Promise<void>;
}

export interface AskOptions {
  readonly type?: string;
  readonly allow?: readonly number[];
}

// deno-lint-ignore no-explicit-any
type Json = any;

const token = "administrator";
const patience_ms = 60_000;

/** Starts one; everything is in a folder of its own that goes with it. */
export async function controlPlane(folder: string): Promise<ControlPlane> {
  const dir = await Deno.makeTempDir({ prefix: "control-plane-" });
  const started: Deno.ChildProcess[] = [];
  const [client, peer, secure, kcm, scheduler, kwok] = freePorts(6).map(String);
  const etcd = `http://127.0.0.1:${client}`;
  const server = `https://127.0.0.1:${secure}`;
  const kubeconfig = join(dir, "kubeconfig");
  const as = ["--kubeconfig", "--authentication-kubeconfig", "--authorization-kubeconfig"]
    .map((flag) => `${flag}=${kubeconfig}`);

  function start(name: string, args: readonly string[]): void {
    const [program, ...own] = isFile(join(folder, name)) ? [name] : ["kubecp", name];
    const child = new Deno.Command(join(folder, program!), {
      args: [...own, ...args],
      cwd: dir,
      stdout: "null",
      stderr: "null",
    }).spawn();
    started.push(child);
  }

  async function stop(): Promise<void> {
    for (const child of started.reverse()) {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended already.
      }
      await child.status;
    }
    await Deno.remove(dir, { recursive: true });
  }

  try {
    await Deno.writeTextFile(join(dir, "tokens.csv"), `${token},admin,admin,"system:masters"\n`);
    await writeKey(join(dir, "accounts.key"));
    start("etcd", [
      ...["--data-dir", join(dir, "etcd"), "--unsafe-no-fsync", "--log-level", "error"],
      ...["--listen-client-urls", etcd, "--advertise-client-urls", etcd],
      ...["--listen-peer-urls", `http://127.0.0.1:${peer}`],
      ...["--initial-advertise-peer-urls", `http://127.0.0.1:${peer}`],
      ...["--initial-cluster", `default=http://127.0.0.1:${peer}`],
    ]);
    await until(async () => (await (await fetch(`${etcd}/health`)).text()).includes("true"));
    start("kube-apiserver", [
      ...[`--etcd-servers=${etcd}`, `--secure-port=${secure}`, "--bind-address=127.0.0.1"],
      ...["--advertise-address=192.0.2.2", `--cert-dir=${join(dir, "pki")}`],
      ...[`--token-auth-file=${join(dir, "tokens.csv")}`, "--authorization-mode=Node,RBAC"],
      ...["--service-account-key-file=accounts.key", "--service-account-signing-key-file=accounts.key"],
      ...[
        "--service-account-issuer=https://kubernetes.default.svc",
        "--service-cluster-ip-range=10.96.0.0/16",
      ],
      ...["--disable-admission-plugins=ServiceAccount", "--enable-priority-and-fairness=false"],
      "--shutdown-delay-duration=0s",
    ]);
    const certificate = join(dir, "pki", "apiserver.crt");
    await until(async () => (await Deno.stat(certificate)).isFile);
    const authority = await Deno.readTextFile(certificate);
    const http = Deno.createHttpClient({ caCerts: [authority] });
    const headers = { authorization: `Bearer ${token}` };
    await until(async () =>
      (await (await fetch(`${server}/readyz`, { client: http, headers })).text()) === "ok"
    );
    await Deno.writeTextFile(kubeconfig, kubeconfigOf(server, authority));
    start("kube-controller-manager", [
      ...[...as, "--bind-address=127.0.0.1", `--secure-port=${kcm}`],
      ...[`--cert-dir=${join(dir, "pki-kcm")}`, "--leader-elect=false"],
      ...["--service-account-private-key-file=accounts.key", "--use-service-account-credentials=false"],
      "--controllers=*,-nodeipam,-service-lb-controller,-node-route-controller,-cloud-node-lifecycle-controller",
    ]);
    start("kube-scheduler", [
      ...[...as, "--bind-address=127.0.0.1", `--secure-port=${scheduler}`],
      ...[`--cert-dir=${join(dir, "pki-scheduler")}`, "--leader-elect=false"],
    ]);
    start("kwok", [
      ...[`--kubeconfig=${kubeconfig}`, "--manage-all-nodes=false"],
      ...["--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake"],
      ...[`--config=${join(folder, "stages.yaml")}`, "--node-ip", "127.0.0.1"],
      ...["--server-address", `127.0.0.1:${kwok}`],
    ]);
    return {
      kubeconfig,
      async ask(method, path, body, { type = "application/json", allow = [] } = {}) {
        const answer = await fetch(server + path, {
          client: http,
          method,
          headers: { ...headers, "content-type": type },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        const text = await answer.text();
        if (!answer.ok && !allow.includes(answer.status)) throw new Error(`${method} ${path}: ${text}`);
        return answer.ok ? JSON.parse(text) : {};
      },
      async stop() {
        http.close();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A node that kwok plays. */
export function fakeNode(name: string, gpus: number): Json {
  const resources = { cpu: "64", memory: "256Gi", pods: "110", "nvidia.com/gpu": String(gpus) };
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      annotations: { "kwok.x-k8s.io/node": "fake" },
      labels: { "kubernetes.io/hostname": name },
    },
    status: { allocatable: resources, capacity: resources },
  };
}

/** What an operator of Ray would bring: the kind alone, with any content. */
export const rayServiceKind: Json = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "rayservices.ray.io" },
  spec: {
    group: "ray.io",
    scope: "Namespaced",
    names: { plural: "rayservices", singular: "rayservice", kind: "RayService", listKind: "RayServiceList" },
    versions: [{
      name: "v1",
      served: true,
      storage: true,
      subresources: { status: {} },
      schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
    }],
  },
};

function kubeconfigOf(server: string, authority: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "c", cluster: { server, "certificate-authority-data": btoa(authority) } }],
    users: [{ name: "u", user: { token } }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u", namespace: "default" } }],
    "current-context": "x",
  });
}

/** A key pair that service accounts are signed by, in PEM. */
async function writeKey(path: string): Promise<void> {
  const { privateKey } = await crypto.subtle.generateKey(
    {
      name: "RSASSA-PKCS1-v1_5",
      modulusLength: 2048,
      publicExponent: new Uint8Array([1, 0, 1]),
      hash: "SHA-256",
    },
    true,
    ["sign", "verify"],
  );
  const bytes = new Uint8Array(await crypto.subtle.exportKey("pkcs8", privateKey));
  const lines = bytes.toBase64().match(/.{1,64}/g) ?? [];
  await Deno.writeTextFile(
    path,
    `-----BEGIN PRIVATE KEY-----\n${lines.join("\n")}\n-----END PRIVATE KEY-----\n`,
  );
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

function freePorts(count: number): number[] {
  const listeners = Array.from({ length: count }, () => Deno.listen({ hostname: "127.0.0.1", port: 0 }));
  const ports = listeners.map(({ addr }) => addr.port);
  for (const listener of listeners) listener.close();
  return ports;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + patience_ms;
  while (!(await holds().catch(() => false))) {
    if (performance.now() > deadline) {
      throw new Error(`the control plane was not up within ${patience_ms} ms`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
