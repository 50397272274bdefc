/** What the nodes of a cluster have free for pods that come with no tolerations. */

import { type Cluster, isFields, listAt, textAt, valueAt } from "../../deploy/mod.ts";
import type { NodeRoom } from "../room.ts";
import { quantity } from "./quantity.ts";

const nodeKind = { apiVersion: "v1", plural: "nodes" };
const podKind = { apiVersion: "v1", plural: "pods" };

/**
 * By node, what is free now of each resource by its own name; null: nobody can tell, because nodes may not be listed here, or because an
 * autoscaler makes them.
 */
export async function clusterRoom(cluster: Cluster): Promise<readonly NodeRoom[] | null> {
  const nodes = await cluster.list(nodeKind, null);
  if (nodes.length === 0 || await growsByItself(cluster)) return null;
  const pods = await cluster.list(podKind, null);
  const byNode = Map.groupBy(pods.filter(isHeld), (pod) => textAt(pod, "spec", "nodeName"));
  return nodes.filter(takesPods).map((node) => {
    const own = byNode.get(textAt(node, "metadata", "name")) ?? [];
    const all = amountsAt(node, "status", "allocatable");
    return Object.fromEntries(
      Object.entries(all).map(([name, amount]) => {
        const held = name === "pods"
          ? own.length
          : own.reduce<number>((sum, pod) => sum + requested(pod, name), 0);
        return [name, Math.max(0, amount - held)];
      }),
    );
  });
}

async function growsByItself(cluster: Cluster): Promise<boolean> {
  if (await cluster.knows({ apiVersion: "karpenter.sh/v1", kind: "NodePool" })) return true;
  const status = {
    apiVersion: "v1",
    kind: "ConfigMap",
    namespace: "kube-system",
    name: "cluster-autoscaler-status",
  };
  return await cluster.get(status).catch(() => null) !== null;
}

/** Whether what it asked for is set aside for it now. */
function isHeld(pod: unknown): boolean {
  return !["Succeeded", "Failed"].includes(textAt(pod, "status", "phase") ?? "");
}

function takesPods(node: unknown): boolean {
  const repelled = listAt(node, "spec", "taints").some((taint) =>
    ["NoSchedule", "NoExecute"].includes(textAt(taint, "effect") ?? "")
  );
  return valueAt(node, "spec", "unschedulable") !== true && !repelled;
}

function requested(pod: unknown, name: string): number {
  const of = (containers: readonly unknown[]) =>
    containers.map((one) => quantity(valueAt(one, "resources", "requests", name) ?? 0));
  const together = of(listAt(pod, "spec", "containers")).reduce((sum, amount) => sum + amount, 0);
  return Math.max(together, ...of(listAt(pod, "spec", "initContainers")));
}

function amountsAt(value: unknown, ...path: readonly string[]): Readonly<Record<string, number>> {
  const found = valueAt(value, ...path);
  if (!isFields(found)) return {};
  return Object.fromEntries(Object.entries(found).map(([name, text]) => [name, quantity(text)]));
}
