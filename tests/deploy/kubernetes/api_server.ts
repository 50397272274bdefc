/** A small API server whose every word a test can choose: it keeps objects, and says what controllers would have written. */

import { join } from "node:path";

// deno-lint-ignore no-explicit-any
type Json = any;

export interface ApiServer {
  /** Path of a kubeconfig that leads to it. */
  readonly kubeconfig: string;
  readonly server: string;
  /** `METHOD path`, without discovery and reads. */
  readonly changes: string[];
  /** Objects by their path. */
  readonly objects: Map<string, Json>;
  /** Answers in place of the server's own, as long as it gives any. */
  answer: (method: string, path: string, query: URLSearchParams, body: Json) => Response | null;
  /** What becomes of an object that was applied. */
  settle: (object: Json) => void;
  close(): Promise<void>;
}

const kinds: Readonly<
  Record<string, readonly (readonly [plural: string, kind: string, namespaced?: false])[]>
> = {
  "/api/v1": [
    ["namespaces", "Namespace", false],
    ["pods", "Pod"],
    ["services", "Service"],
    ["secrets", "Secret"],
    ["configmaps", "ConfigMap"],
    ["events", "Event"],
    ["persistentvolumeclaims", "PersistentVolumeClaim"],
  ],
  "/apis/apps/v1": [["deployments", "Deployment"], ["statefulsets", "StatefulSet"]],
  "/apis/apiextensions.k8s.io/v1": [["customresourcedefinitions", "CustomResourceDefinition", false]],
  "/apis/example.com/v1": [["things", "Thing"]],
  "/apis/networking.k8s.io/v1": [["ingresses", "Ingress"]],
};

const failure = (code: number, reason: string, message: string) =>
  Response.json({ kind: "Status", status: "Failure", code, reason, message }, { status: code });

/** Answers of the server, for tests that give some of their own. */
export const refusals = { failure };

export async function apiServer(): Promise<ApiServer> {
  const objects = new Map<string, Json>();
  const changes: string[] = [];
  let uids = 0;

  async function own(request: Request): Promise<Response> {
    const { pathname: path, searchParams: query } = new URL(request.url);
    const { method } = request;
    const text = await request.text();
    const body = text === "" ? null : JSON.parse(text);
    if (method !== "GET") changes.push(`${method} ${path}`);
    const said = served.answer(method, path, query, body);
    if (said !== null) return said;
    if (path === "/apis") return Response.json({ groups: groups() });
    if (path in kinds) return Response.json({ kind: "APIResourceList", resources: resources(path) });
    const found = objects.get(path);
    if (method === "GET" && found !== undefined) return Response.json(found);
    if (method === "GET" && kinds[groupOf(path)]?.some(([plural]) => path.endsWith(`/${plural}`))) {
      return Response.json({ items: listed(path) });
    }
    if (method === "DELETE" && found !== undefined) {
      if (body.preconditions.uid !== found.metadata.uid) return failure(409, "Conflict", "the uid differs");
      if (found.metadata.finalizers === undefined) objects.delete(path);
      return Response.json({ status: "Success" });
    }
    if (method !== "PATCH") return failure(404, "NotFound", `${path} not found`);
    const uid = found?.metadata.uid ?? `uid-${++uids}`;
    const manager = query.get("fieldManager");
    const managedFields = [...(found?.metadata.managedFields ?? []), { manager, operation: "Apply" }];
    const object = { ...body, metadata: { ...body.metadata, uid, managedFields, generation: 1 } };
    served.settle(object);
    objects.set(path, object);
    return Response.json(object, { status: found === undefined ? 201 : 200 });
  }

  function listed(path: string): Json[] {
    const plural = path.slice(path.lastIndexOf("/") + 1);
    const within = path.includes("/namespaces/") ? `${path}/` : null;
    return [...objects].filter(([key]) =>
      within === null ? key.includes(`/${plural}/`) : key.startsWith(within)
    )
      .map(([, object]) => object);
  }

  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, own);
  const folder = await Deno.makeTempDir();
  const url = `http://127.0.0.1:${server.addr.port}`;
  const kubeconfig = join(folder, "kubeconfig");
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "c", cluster: { server: url, "insecure-skip-tls-verify": true } }],
    users: [{ name: "u", user: { token: "t" } }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
  };
  await Deno.writeTextFile(kubeconfig, JSON.stringify(config));
  const served: ApiServer = {
    ...{ kubeconfig, server: url, changes, objects },
    answer: () => null,
    settle: () => {},
    async close() {
      await server.shutdown();
      await Deno.remove(folder, { recursive: true });
    },
  };
  return served;
}

function groups(): Json[] {
  return Object.keys(kinds).filter((path) => path.startsWith("/apis/")).map((path) => ({
    preferredVersion: { groupVersion: path.slice("/apis/".length) },
  }));
}

function resources(path: string): Json[] {
  return kinds[path]!.map(([name, kind, namespaced = true]) => ({
    name,
    kind,
    namespaced,
    verbs: ["get", "list"],
  }));
}

function groupOf(path: string): string {
  return Object.keys(kinds).find((group) => path.startsWith(`${group}/`)) ?? "";
}
