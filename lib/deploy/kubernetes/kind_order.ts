/** In which order objects are created, so that each finds what it refers to. Removal goes the other way. */

import type { ClusterObject } from "./cluster_object.ts";

const before = [
  "Namespace",
  "PriorityClass",
  "NetworkPolicy",
  "ResourceQuota",
  "LimitRange",
  "PodDisruptionBudget",
  "ServiceAccount",
  "Secret",
  "ConfigMap",
  "StorageClass",
  "PersistentVolume",
  "PersistentVolumeClaim",
  "CustomResourceDefinition",
  "ClusterRole",
  "ClusterRoleBinding",
  "Role",
  "RoleBinding",
  "Service",
  "DaemonSet",
  "Pod",
  "ReplicaSet",
  "Deployment",
  "StatefulSet",
  "Job",
  "CronJob",
];
const after = ["HorizontalPodAutoscaler", "IngressClass", "Ingress"];

/** Kinds that are in no list, operators' own for the most part, lie between the two. */
function rank(kind: string): number {
  if (before.includes(kind)) return before.indexOf(kind);
  return before.length + (after.indexOf(kind) + 1);
}

/** Of the same kind as they are written. */
export function inKindOrder<T extends Pick<ClusterObject, "kind">>(objects: readonly T[]): T[] {
  return objects.toSorted((a, b) => rank(a.kind) - rank(b.kind));
}

/** Kinds of the API itself that belong to no namespace: where nobody can be asked. */
const ofCluster: ReadonlySet<string> = new Set([
  "Namespace",
  "Node",
  "PersistentVolume",
  "PriorityClass",
  "StorageClass",
  "CustomResourceDefinition",
  "ClusterRole",
  "ClusterRoleBinding",
  "IngressClass",
  "RuntimeClass",
  "APIService",
]);

export function hasNamespace(kind: string): boolean {
  return !ofCluster.has(kind);
}
