/** Kubernetes runs the copies: one Indexed Job. */

import { type Clock, systemClock, UserError } from "../core/mod.ts";
import {
  addressOf,
  Cluster,
  type ClusterObject,
  listAt,
  openCluster,
  poll,
  textAt,
  usualKubeconfig,
  valueAt,
} from "../deploy/mod.ts";
import type { FleetEngine, FleetJob, FoundJob } from "./engine.ts";
import { clusterRoom } from "./kubernetes/cluster_room.ts";
import { fleetKey, runOf } from "./kubernetes/job_marks.ts";
import { container, indexAnnotation, jobObject, secretObject } from "./kubernetes/job_object.ts";
import { isThere, statesOf } from "./kubernetes/worker_states.ts";
import { roomOn } from "./room.ts";

export interface KubernetesOptions {
  /** A context of the kubeconfig that `KUBECONFIG` or `~/.kube/config` is; null: the current one. */
  readonly address: string | null;
  /** null: the one that the context names, else `default`. */
  readonly namespace: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** @default the system's */
  readonly clock?: Clock;
  /** For one request. @default 30 s */
  readonly timeout_ms?: number;
  /** Before a request is sent again that got no answer, or was put off. @default half a second, then 2 s */
  readonly pauses_ms?: readonly number[];
  /** How long an end may take. @default 90 s: a pod has 30 s to end by itself */
  readonly stop_ms?: number;
}

const advice =
  "Set KUBECONFIG, and load.fleet.address to a context of it, until `kubectl get namespaces` works with them.";

/** Who holds the fields of our objects. */
const manager = "fmbench";

const jobKind = { apiVersion: "batch/v1", kind: "Job", plural: "jobs" };
const podKind = { apiVersion: "v1", plural: "pods" };

const last_lines = "40";

/** Nothing is read and nobody is asked before the first call. */
export function kubernetesEngine(options: KubernetesOptions): FleetEngine & AsyncDisposable {
  const { address, env, clock = systemClock, stop_ms = 90_000 } = options;
  const { timeout_ms = 30_000, pauses_ms = [500, 2000] } = options;
  let opened: Promise<{ readonly cluster: Cluster; readonly namespace: string }> | null = null;

  async function open(): Promise<{ readonly cluster: Cluster; readonly namespace: string }> {
    const kubeconfig = usualKubeconfig(env);
    const choice = { kubeconfig, context: address, eks_cluster: null, region: null };
    const { link, namespace } = await openCluster(choice, advice);
    const cluster = new Cluster(link, { clock, timeout_ms, pauses_ms, advice });
    return { cluster, namespace: options.namespace ?? namespace ?? "default" };
  }
  const place = () => opened ??= open();
  const namespaceOf = async (job: FleetJob) => job.namespace ?? (await place()).namespace;

  /** The Job of a name, if it is one of ours, wherever it is. */
  async function find(name: string): Promise<ClusterObject | null> {
    const { cluster, namespace } = await place();
    const here = await cluster.get({ ...jobKind, namespace, name });
    if (here !== null && runOf(here) !== null) return here;
    const [other] = await cluster.list(jobKind, null, { labelSelector: `${fleetKey}=${name}` });
    return other === undefined ? null : { ...other as ClusterObject, ...jobKind };
  }

  async function podsOf(name: string, namespace: string | null): Promise<readonly unknown[]> {
    const { cluster } = await place();
    return await cluster.list(podKind, namespace, { labelSelector: `${fleetKey}=${name}` });
  }

  return {
    name: "kubernetes",
    async check(job) {
      refuseWithoutImage(job);
      const { cluster } = await place();
      await cluster.apply(jobObject(job, await namespaceOf(job), true), manager, true);
      const nodes = await clusterRoom(cluster);
      if (nodes !== null) refuseLack(job, nodes, cluster.server);
    },
    async submit(job) {
      refuseWithoutImage(job);
      const { cluster } = await place();
      const namespace = await namespaceOf(job);
      const wanted = jobObject(job, namespace, true);
      const there = await cluster.get(addressOf(wanted));
      if (there !== null) refuseOther(job, there);
      // It runs already, or has ended.
      if (there !== null && valueAt(there, "spec", "suspend") !== true) return;
      // Its pods wait for the Secret, which belongs to the Job: half of it runs nothing, and goes as one.
      const { object: { metadata } } = await cluster.apply(wanted, manager);
      await cluster.apply(secretObject(job, namespace, metadata.uid ?? ""), manager);
      await cluster.apply(jobObject(job, namespace, false), manager);
    },
    async states({ name, workers }) {
      const job = await find(name);
      return statesOf(job, await podsOf(name, job?.metadata.namespace ?? null), workers);
    },
    async logs({ name }, index) {
      try {
        const { cluster } = await place();
        const pods = await podsOf(name, (await find(name))?.metadata.namespace ?? null);
        const pod = pods.find((one) =>
          textAt(one, "metadata", "annotations", indexAnnotation) === String(index)
        );
        const [namespace, id] = [textAt(pod, "metadata", "namespace"), textAt(pod, "metadata", "name")];
        if (namespace === null || id === null) return null;
        const text = await cluster.log(namespace, id, { container, tailLines: last_lines });
        return text.trim() || null;
      } catch {
        return null;
      }
    },
    async stop({ name }) {
      const { cluster } = await place();
      const job = await find(name);
      const uid = job?.metadata.uid;
      const namespace = job?.metadata.namespace ?? null;
      if (job !== null && uid !== undefined) await cluster.delete(addressOf(job), uid);
      const gone = await poll(async () => {
        if (job !== null && (await cluster.get(addressOf(job)))?.metadata.uid === uid) return null;
        return (await podsOf(name, namespace)).length === 0 ? true : null;
      }, { clock, first_ms: 100, most_ms: 1000, limit_ms: stop_ms });
      if (gone === null) throw notGone(name, cluster.server, await podsOf(name, namespace));
    },
    async list() {
      const { cluster, namespace } = await place();
      const query = { labelSelector: fleetKey };
      const all = await cluster.list(jobKind, null, query);
      // Who may not look everywhere may look here.
      const jobs = all.length > 0 ? all : await cluster.list(jobKind, namespace, query);
      return jobs.flatMap(foundJob).sort((a, b) => (a.created_at ?? "").localeCompare(b.created_at ?? ""));
    },
    async [Symbol.asyncDispose]() {
      await (await opened?.catch(() => null))?.cluster.close();
      opened = null;
    },
  };
}

function foundJob(job: unknown): FoundJob[] {
  const [name, run_id] = [textAt(job, "metadata", "name"), runOf(job)];
  if (name === null || run_id === null) return [];
  const created_at = textAt(job, "metadata", "creationTimestamp");
  return [{ name, run_id, created_at, active: isThere(job) }];
}

function refuseWithoutImage({ image, name }: FleetJob): void {
  if (image !== null && image !== "") return;
  throw new UserError({
    action: "start on Kubernetes the workers of",
    thing: name,
    found: "no image is said",
    expected: "an image that has the worker program",
    remedy: "Set load.fleet.image.",
  });
}

function refuseOther({ name, run_id }: FleetJob, there: ClusterObject): void {
  const found = runOf(there) !== run_id
    ? "there is a Job of that name that is not this run's"
    : textAt(there, "metadata", "deletionTimestamp") !== null
    ? "it is being deleted"
    : null;
  if (found === null) return;
  throw new UserError({
    action: "start the Job",
    thing: `${there.metadata.namespace}/${name}`,
    found,
    remedy: "Look at it with kubectl, and delete it if nobody needs it.",
  });
}

function refuseLack(job: FleetJob, nodes: Parameters<typeof roomOn>[0], server: string): void {
  const { workers, per_node } = job;
  const { cpu = 1, memory_gb = 0, ...others } = job.resources;
  const custom = Object.fromEntries(Object.entries(others).map(([name, amount]) => [name, amount ?? 0]));
  const need = { cpu, memory: memory_gb * 1e9, pods: 1, ...custom };
  const { workers: room, short } = roomOn(nodes, { workers, per_node, need });
  if (room >= workers) return;
  throw new UserError({
    action: `start ${workers} workers on the cluster`,
    thing: server,
    found: `its nodes have room for ${room} now: ${short.join("; ")}`,
    remedy: "Lower load.fleet.workers, change load.fleet.resources or per_node, or add nodes.",
  });
}

function notGone(name: string, server: string, pods: readonly unknown[]): UserError {
  const nodes = new Set(pods.flatMap((pod) => textAt(pod, "spec", "nodeName") ?? []));
  const finalizers = pods.some((pod) => listAt(pod, "metadata", "finalizers").length > 0);
  return new UserError({
    action: `stop ${name} on the cluster`,
    thing: server,
    found: pods.length === 0
      ? "its Job is still being deleted"
      : `${pods.length} of its pods are still there, on ${[...nodes].join(", ") || "no node"}${
        finalizers ? ", and something holds them" : ""
      }`,
    remedy:
      "A node that does not answer keeps its pods until it is back or deleted; look with kubectl, and stop it again.",
  });
}
