/** Removing one object of ours, and being sure that it is gone. */

import { type Clock, UserError } from "../../core/mod.ts";
import type { Removal } from "../deployer.ts";
import { poll } from "../polling.ts";
import type { Cluster } from "./cluster.ts";
import {
  type ClusterObject,
  isFields,
  listAt,
  type ObjectAddress,
  objectWords,
  textAt,
  valueAt,
} from "./cluster_object.ts";
import { nonceOf } from "./marks.ts";

export interface RemovalSettings {
  readonly clock: Clock;
  readonly log: (message: string) => void;
  /** How long an object may take to go. */
  readonly limit_ms: number;
  readonly first_ms: number;
  readonly most_ms: number;
}

/**
 * Deletes an object, with what it owns before it, and waits until it is gone. One under its name that does not carry the nonce, or has
 * another uid, is not touched.
 *
 * @param id its uid; null: it may never have been created
 * @throws {UserError} if it is still there at the limit, or a namespace has something in it that is not this deployment's
 */
export async function removeObject(
  cluster: Cluster,
  address: ObjectAddress,
  nonce: string,
  id: string | null,
  settings: RemovalSettings,
): Promise<Removal> {
  const found = await cluster.get(address);
  const uid = found?.metadata.uid ?? null;
  if (found === null || uid === null) return "already gone";
  if (nonceOf(found) !== nonce || id !== null && uid !== id) {
    settings.log(
      `${objectWords(address)} is not what this run created, and stays: it does not carry the run's mark`,
    );
    return "already gone";
  }
  if (address.kind === "Namespace") await refuseOthers(cluster, address.name, nonce);
  if (address.kind === "CustomResourceDefinition") await refuseUsed(cluster, found, nonce);
  await deleteAndWait(cluster, address, uid, settings);
  if (address.kind === "StatefulSet" && address.namespace !== null) {
    await removeClaims(cluster, address.namespace, nonce, settings);
  }
  return "removed";
}

async function deleteAndWait(
  cluster: Cluster,
  address: ObjectAddress,
  uid: string,
  { limit_ms, first_ms, most_ms, clock }: RemovalSettings,
): Promise<void> {
  await cluster.delete(address, uid);
  let last: ClusterObject | null = null;
  const gone = await poll(async () => {
    last = await cluster.get(address);
    return last === null || last.metadata.uid !== uid ? true : null;
  }, { clock, limit_ms, first_ms, most_ms });
  if (gone) return;
  throw new UserError({
    action: "remove",
    thing: objectWords(address),
    found: `it is still there after ${Math.round(limit_ms / 1000)} s${holding(last)}`,
    remedy: "Look at it with kubectl, then run `fmbench cleanup` again.",
  });
}

/** What an object says of why it does not go. */
function holding(object: ClusterObject | null): string {
  const finalizers = listAt(object, "metadata", "finalizers").filter((name) => typeof name === "string");
  const remaining = listAt(object, "status", "conditions")
    .filter((one) => /Remaining|Failure/.test(textAt(one, "type") ?? "") && textAt(one, "status") === "True")
    .flatMap((one) => textAt(one, "message") ?? []);
  const reasons = [...finalizers.length === 0 ? [] : [`finalizers: ${finalizers.join(", ")}`], ...remaining];
  return reasons.length === 0 ? "" : ` (${reasons.join("; ")})`;
}

/** A StatefulSet leaves the claims of its pods behind; those of its templates carry our nonce. */
async function removeClaims(
  cluster: Cluster,
  namespace: string,
  nonce: string,
  settings: RemovalSettings,
): Promise<void> {
  const claims = await cluster.list({ apiVersion: "v1", plural: "persistentvolumeclaims" }, namespace);
  for (const claim of claims) {
    const [name, uid] = [textAt(claim, "metadata", "name"), textAt(claim, "metadata", "uid")];
    if (nonceOf(claim) !== nonce || name === null || uid === null) continue;
    await deleteAndWait(
      cluster,
      { apiVersion: "v1", kind: "PersistentVolumeClaim", namespace, name },
      uid,
      settings,
    );
  }
}

/** What every namespace has, or what only tells of other things. */
const furniture: readonly (readonly [kind: string, name: RegExp])[] = [
  ["ConfigMap", /^(kube-root-ca\.crt|openshift-service-ca\.crt|istio-ca-root-cert)$/],
  ["ServiceAccount", /^default$/],
  ["Secret", /^default-token-/],
  ["Event", /^/],
  ["PodMetrics", /^/],
  ["Lease", /^/],
];

/** A namespace takes everything in it along: what somebody else has put there keeps it. */
async function refuseOthers(cluster: Cluster, namespace: string, nonce: string): Promise<void> {
  const kinds = (await cluster.kinds()).filter(({ namespaced }) => namespaced);
  const lists = await Promise.all(kinds.map(async (kind) => {
    const items = await cluster.list(kind, namespace);
    return items.filter((item) => !isOurs(item, nonce) && !isFurniture(kind.kind, item)).map((item) =>
      `${kind.kind} ${textAt(item, "metadata", "name")}`
    );
  }));
  const others = [...new Set(lists.flat())];
  if (others.length === 0) return;
  throw new UserError({
    action: "remove",
    thing: `Namespace ${namespace}`,
    found: `it holds what this run did not create: ${others.slice(0, 5).join(", ")}${
      others.length > 5 ? ", ..." : ""
    }`,
    remedy: "Move or delete that, then run `fmbench cleanup` again; or delete the namespace yourself.",
  });
}

/** A kind takes all its objects along, in every namespace. */
async function refuseUsed(cluster: Cluster, definition: ClusterObject, nonce: string): Promise<void> {
  const group = textAt(definition, "spec", "group");
  const plural = textAt(definition, "spec", "names", "plural");
  const version = textAt(
    listAt(definition, "spec", "versions").find((one) => valueAt(one, "served") === true),
    "name",
  );
  if (group === null || plural === null || version === null) return;
  const items = await cluster.list({ apiVersion: `${group}/${version}`, plural }, null);
  const others = items.filter((item) => !isOurs(item, nonce));
  if (others.length === 0) return;
  throw new UserError({
    action: "remove",
    thing: `CustomResourceDefinition ${definition.metadata.name}`,
    found: `there are objects of this kind that this run did not create: ${
      others.slice(0, 5).map((item) =>
        `${textAt(item, "metadata", "namespace")}/${textAt(item, "metadata", "name")}`
      )
        .join(", ")
    }`,
    remedy: "Delete them, then run `fmbench cleanup` again; or keep the kind and delete it yourself later.",
  });
}

/** Ours, owned by something else, or going already. */
function isOurs(item: unknown, nonce: string): boolean {
  return nonceOf(item) === nonce || listAt(item, "metadata", "ownerReferences").length > 0 ||
    valueAt(item, "metadata", "deletionTimestamp") !== undefined;
}

function isFurniture(kind: string, item: unknown): boolean {
  const name = textAt(item, "metadata", "name") ?? "";
  if (kind === "Endpoints" || kind === "EndpointSlice") return isFields(item);
  return furniture.some(([one, pattern]) => one === kind && pattern.test(name));
}
