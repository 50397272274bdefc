/** Objects of ours in a cluster, of whatever run: found by their labels, without a ledger. */

import { delimiter } from "node:path";
import type { OrphanScope, TaggedResource } from "../deployer.ts";
import { labelKeys } from "../ownership.ts";
import { Cluster } from "./cluster.ts";
import { openCluster, usualKubeconfig } from "./cluster_access.ts";
import { addressOf, type ClusterObject, listAt, objectWords } from "./cluster_object.ts";
import { entryOf, resourceOf } from "./ledger_entry.ts";
import { marksOf } from "./marks.ts";

/** Long enough for a cluster that is there. */
const search_ms = 10_000;

/** Of the cluster that the environment's kubeconfig leads to; a namespace comes after what is in it. */
export async function findTagged({ env }: OrphanScope): Promise<readonly TaggedResource[]> {
  const kubeconfig = usualKubeconfig(env);
  if (!await isFile(kubeconfig.split(delimiter)[0] ?? "")) return [];
  const { link, choice } = await openCluster({ kubeconfig, context: null, eks_cluster: null, region: null });
  const cluster = new Cluster(link, { timeout_ms: search_ms, pauses_ms: [] });
  try {
    const kinds = await cluster.kinds();
    const query = { labelSelector: labelKeys.run_id };
    const lists = await Promise.all(kinds.map(async (one) => {
      const items = await cluster.list(one, null, query);
      return items.map((item) => ({ ...item as ClusterObject, apiVersion: one.apiVersion, kind: one.kind }));
    }));
    const found = new Map<string, TaggedResource>();
    for (const object of lists.flat()) {
      const marks = marksOf(object);
      const uid = object.metadata.uid;
      if (marks === null || uid === undefined || listAt(object, "metadata", "ownerReferences").length > 0) {
        continue;
      }
      const resource = resourceOf(object, { choice, server: cluster.server }, marks, "", null);
      const description = `${objectWords(addressOf(object))} in the cluster ${cluster.server}`;
      found.set(uid, { ...resource, id: uid, ownership: marks.ownership, description });
    }
    const isNamespace = (one: TaggedResource) => entryOf(one).address.kind === "Namespace";
    return [...found.values()].sort((a, b) => Number(isNamespace(a)) - Number(isNamespace(b)));
  } finally {
    await cluster.close();
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch {
    return false;
  }
}
