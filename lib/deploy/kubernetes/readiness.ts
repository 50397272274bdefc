/** Whether an object does what it is there for, by the conditions that its controller writes. */

import { type ClusterObject, isFields, listAt, numberAt, textAt, valueAt } from "./cluster_object.ts";

export type Readiness =
  | { readonly state: "ready" }
  /** `why` in a few words: `1 of 3 pods are ready`. */
  | { readonly state: "waiting"; readonly why: string }
  /** It may yet come right by itself, but hardly ever does. */
  | { readonly state: "doubtful"; readonly why: string }
  /** It will not come right by itself. */
  | { readonly state: "failed"; readonly why: string };

const ready: Readiness = { state: "ready" };
const waiting = (why: string): Readiness => ({ state: "waiting", why });

/** @param live the object as the server has it now; null: it is gone */
export function readinessOf(live: ClusterObject | null): Readiness {
  if (live === null) return { state: "failed", why: "it is gone" };
  const observed = numberAt(live, "status", "observedGeneration");
  const generation = numberAt(live, "metadata", "generation");
  if (observed !== null && generation !== null && observed < generation) {
    return waiting("its controller has not looked at it yet");
  }
  switch (live.kind) {
    case "Deployment":
      return deployment(live);
    case "StatefulSet":
      return counted(live, numberAt(live, "spec", "replicas") ?? 1, "updatedReplicas", "readyReplicas");
    case "ReplicaSet":
    case "ReplicationController":
      return counted(live, numberAt(live, "spec", "replicas") ?? 1, "readyReplicas");
    case "DaemonSet":
      return observed === null ? waiting("its controller has not looked at it yet") : counted(
        live,
        numberAt(live, "status", "desiredNumberScheduled") ?? 0,
        "updatedNumberScheduled",
        "numberReady",
      );
    case "Job":
      return job(live);
    case "Pod":
      return pod(live);
    case "RayService":
      return rayService(live);
    case "PersistentVolumeClaim":
      // One that waits for its first pod is bound by that.
      return textAt(live, "status", "phase") === "Lost"
        ? { state: "failed", why: "its volume is lost" }
        : ready;
    case "CustomResourceDefinition":
      return byCondition(live, "Established");
    default:
      return ofOperator(live);
  }
}

interface Condition {
  readonly status: string;
  readonly words: string;
}

function condition(live: unknown, type: string): Condition | null {
  const found = listAt(live, "status", "conditions").find((one) => textAt(one, "type") === type);
  if (found === undefined) return null;
  const words = [textAt(found, "reason"), textAt(found, "message")].filter((word) =>
    word !== null && word !== ""
  );
  return { status: textAt(found, "status") ?? "Unknown", words: words.join(": ") };
}

function deployment(live: ClusterObject): Readiness {
  const replicas = numberAt(live, "spec", "replicas") ?? 1;
  const failure = condition(live, "ReplicaFailure");
  if (failure?.status === "True") return { state: "doubtful", why: failure.words };
  if (condition(live, "Available")?.status === "True") {
    return counted(live, replicas, "updatedReplicas", "availableReplicas");
  }
  const progress = condition(live, "Progressing");
  const have = numberAt(live, "status", "availableReplicas") ?? 0;
  const stuck = progress?.status === "False" ? ` (${progress.words})` : "";
  return waiting(`${have} of ${replicas} pods are available${stuck}`);
}

function counted(live: ClusterObject, wanted: number, ...counts: readonly string[]): Readiness {
  const least = Math.min(...counts.map((name) => numberAt(live, "status", name) ?? 0));
  return least >= wanted ? ready : waiting(`${least} of ${wanted} pods are ready`);
}

function job(live: ClusterObject): Readiness {
  const failed = condition(live, "Failed");
  if (failed?.status === "True") return { state: "failed", why: failed.words };
  return condition(live, "Complete")?.status === "True" ? ready : waiting("it has not completed");
}

function pod(live: ClusterObject): Readiness {
  const phase = textAt(live, "status", "phase");
  if (phase === "Failed") {
    return { state: "failed", why: textAt(live, "status", "message") ?? "its containers have failed" };
  }
  if (phase === "Succeeded" || condition(live, "Ready")?.status === "True") return ready;
  return waiting(`it is ${phase ?? "not started"}`);
}

/** By what KubeRay copies from the dashboard of the cluster that serves. */
function rayService(live: ClusterObject): Readiness {
  const status = textAt(live, "status", "serviceStatus");
  const applications = valueAt(live, "status", "activeServiceStatus", "applicationStatuses");
  const pending = valueAt(live, "status", "pendingServiceStatus", "applicationStatuses");
  const states = [applications, pending].flatMap((all) => isFields(all) ? Object.entries(all) : []).map((
    [name, one],
  ) => ({
    name,
    state: textAt(one, "status") ?? "unknown",
    message: textAt(one, "message") ?? "",
  }));
  const words = (one: (typeof states)[number]) =>
    `application ${one.name} is ${one.state}${one.message === "" ? "" : `: ${one.message}`}`;
  const broken = states.find(({ state }) => state === "DEPLOY_FAILED" || state === "UNHEALTHY");
  if (broken !== undefined) return { state: "doubtful", why: words(broken) };
  const behind = states.find(({ state }) => state !== "RUNNING");
  if (status === "Running" || condition(live, "Ready")?.status === "True") {
    return behind === undefined ? ready : waiting(words(behind));
  }
  if (behind !== undefined) return waiting(words(behind));
  return waiting(
    status === null || status === "" ? "its operator has not said anything of it" : `it is ${status}`,
  );
}

function byCondition(live: ClusterObject, type: string): Readiness {
  const found = condition(live, type);
  if (found?.status === "True") return ready;
  return waiting(found === null || found.words === "" ? `it is not ${type}` : found.words);
}

/** A kind of which nothing is known: the condition that most operators write, if there is one. */
function ofOperator(live: ClusterObject): Readiness {
  const type = ["Ready", "Available"].find((name) => condition(live, name) !== null);
  return type === undefined ? ready : byCondition(live, type);
}

/** Kinds that are what they are as soon as they exist. */
const passive: ReadonlySet<string> = new Set([
  ...["Namespace", "PriorityClass", "NetworkPolicy", "ResourceQuota", "LimitRange", "PodDisruptionBudget"],
  ...[
    "ServiceAccount",
    "Secret",
    "ConfigMap",
    "StorageClass",
    "PersistentVolume",
    "ClusterRole",
    "ClusterRoleBinding",
  ],
  ...["Role", "RoleBinding", "Service", "CronJob", "HorizontalPodAutoscaler", "IngressClass", "Ingress"],
]);

/** Whether objects of a kind get to be ready some time after they exist. */
export function isWaitedFor({ kind }: Pick<ClusterObject, "kind">): boolean {
  return !passive.has(kind);
}
