/** Kinds that a cluster lacks, and what brings them. */

import { UserError } from "../../core/mod.ts";
import { type ClusterObject, objectWords } from "./cluster_object.ts";

const operators: Readonly<Record<string, string>> = {
  "ray.io": "KubeRay (helm install kuberay-operator kuberay/kuberay-operator)",
  "serving.kserve.io": "KServe",
  "leaderworkerset.x-k8s.io": "LeaderWorkerSet",
  "monitoring.coreos.com": "the Prometheus operator",
  "karpenter.sh": "Karpenter",
  "keda.sh": "KEDA",
};

/** For a kind that the cluster lacks: what brings it. */
export function unknownKind({ apiVersion, kind, metadata }: ClusterObject): UserError {
  const group = apiVersion.includes("/") ? apiVersion.split("/")[0]! : "";
  const operator = operators[group];
  return new UserError({
    action: "create",
    thing: objectWords({ kind, namespace: metadata.namespace ?? null, name: metadata.name }),
    found: `the cluster has no kind ${kind} of ${apiVersion}`,
    remedy: operator === undefined
      ? `Install what brings it (its CustomResourceDefinition), or correct apiVersion.`
      : `Install ${operator} in the cluster, then run the step again.`,
  });
}
