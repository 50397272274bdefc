/** Creating the objects of a plan, each in the ledger before it exists; what is there already and is not ours stays as it is. */

import { type Clock, UserError } from "../../core/mod.ts";
import type { Billing, Resource } from "../deployer.ts";
import { poll } from "../polling.ts";
import { record } from "../ledger.ts";
import type { Cluster } from "./cluster.ts";
import {
  addressOf,
  type ClusterObject,
  hasContainers,
  listAt,
  mapped,
  objectWords,
  textAt,
} from "./cluster_object.ts";
import { type Place, resourceOf } from "./ledger_entry.ts";
import { type Marks, marksOf } from "./marks.ts";
import { readinessOf } from "./readiness.ts";
import { Refused } from "./refused.ts";
import { unknownKind } from "./unknown_kind.ts";

export interface Creation {
  readonly run_dir: string;
  readonly cluster: Cluster;
  readonly place: Place;
  readonly marks: Marks;
  readonly fingerprint: string;
  /** Of the nodes that the objects need; said of one of them. */
  readonly billing: Billing;
  /** An object with the values of its secrets. */
  readonly fill: (object: ClusterObject) => ClusterObject;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly log: (message: string) => void;
  /** How long a kind that comes with the manifests may take to be known. */
  readonly kind_ms: number;
}

/**
 * Creates objects in their order, after a look whether all of them can be.
 *
 * @returns those that are this deployment's now, as the server has them
 * @throws {UserError} if a kind is unknown, an object exists that is not this deployment's, or the cluster refuses one
 */
export async function createAll(
  objects: readonly ClusterObject[],
  creation: Creation,
): Promise<ClusterObject[]> {
  await checkAll(objects, creation);
  const paid = objects.find(isWorkload) ?? objects.find(({ kind }) => kind !== "Namespace");
  const made: ClusterObject[] = [];
  for (const object of objects) {
    creation.signal.throwIfAborted();
    const one = object.kind === "Namespace"
      ? await createNamespace(object, creation)
      : await create(object, creation, object === paid ? creation.billing : null);
    if (one !== null) made.push(one);
  }
  return made;
}

function isWorkload(object: ClusterObject): boolean {
  let found = false;
  mapped(object, (value) => (found ||= hasContainers(value), value));
  return found;
}

async function checkAll(objects: readonly ClusterObject[], { cluster, marks }: Creation): Promise<void> {
  const brought = new Set(
    objects.filter(({ kind }) => kind === "CustomResourceDefinition").map((one) =>
      JSON.stringify([textAt(one, "spec", "group"), textAt(one, "spec", "names", "kind")])
    ),
  );
  for (const object of objects) {
    const group = object.apiVersion.split("/")[0];
    if (await cluster.knows(object)) {
      const there = object.kind === "Namespace" ? null : await cluster.get(addressOf(object));
      if (there !== null) throw taken(there, marks);
    } else if (!brought.has(JSON.stringify([group, object.kind]))) throw unknownKind(object);
  }
}

async function createNamespace(object: ClusterObject, creation: Creation): Promise<ClusterObject | null> {
  const { cluster, log, marks } = creation;
  const there = await cluster.get(addressOf(object));
  const { name } = object.metadata;
  if (there !== null) {
    const ours = marksOf(there)?.ownership.run_id === marks.ownership.run_id;
    log(
      `${marks.experiment}: namespace ${name} is there${
        ours ? " by this run" : ", and stays when the rest is removed"
      }`,
    );
    return null;
  }
  try {
    return await create(object, creation, null);
  } catch (error) {
    // Another experiment of this run was first.
    const now = error instanceof UserError ? await cluster.get(addressOf(object)) : null;
    if (marksOf(now)?.ownership.run_id !== marks.ownership.run_id) throw error;
    return null;
  }
}

async function create(
  object: ClusterObject,
  creation: Creation,
  billing: Billing | null,
): Promise<ClusterObject> {
  const { run_dir, cluster, marks, place, fingerprint, fill, log } = creation;
  const resource = resourceOf(object, place, marks, fingerprint, billing);
  const words = objectWords(addressOf(object));
  record(run_dir, "intent", resource);
  const applied = await apply(fill(object), creation).catch((error) => {
    // Refused means not created; of everything else nothing is known.
    const refused = error instanceof Refused && error.status < 500 && error.status !== 429;
    if (refused) record(run_dir, "deleted", resource);
    throw error instanceof Refused ? refusedWords(error, words) : error;
  });
  if (!applied.created && !isOnlyOurs(applied.object, marks)) {
    record(run_dir, "deleted", resource);
    throw new UserError({
      action: "create",
      thing: words,
      found:
        "somebody else created it at the same moment; it carries this run's labels now, and is left alone",
      remedy: "Remove it by hand if it is nobody's, then run the step again.",
    });
  }
  const created: Resource = { ...resource, id: applied.object.metadata.uid ?? null };
  record(run_dir, "created", created);
  if (object.kind === "CustomResourceDefinition") await established(object, cluster, creation);
  log(`${marks.experiment}: created ${words}`);
  return applied.object;
}

/** This deployment's alone, so that nothing is taken over from another one. */
const managerOf = ({ nonce }: Marks) => `fmbench-${nonce}`;

function apply(object: ClusterObject, { cluster, marks }: Creation) {
  return cluster.apply(object, managerOf(marks));
}

/** Where the answer to a first attempt was lost, the second one finds the object there. */
function isOnlyOurs(object: ClusterObject, marks: Marks): boolean {
  const writers = listAt(object, "metadata", "managedFields").filter((one) =>
    textAt(one, "subresource") === null
  );
  return writers.length > 0 && writers.every((one) => textAt(one, "manager") === managerOf(marks));
}

async function established(
  object: ClusterObject,
  cluster: Cluster,
  { clock, signal, kind_ms }: Creation,
): Promise<void> {
  const look = async () => readinessOf(await cluster.get(addressOf(object))).state === "ready" ? true : null;
  await poll(look, { clock, signal, first_ms: 200, most_ms: 1000, limit_ms: kind_ms });
}

function refusedWords({ message, status }: Refused, words: string): UserError {
  const found = message.replace(/^.*?": /, "").replace(/[.\s]+$/, "");
  const remedy = status === 403
    ? "Ask for the right to create it (kubectl auth can-i), or use another context."
    : "Correct the manifest.";
  return new UserError({ action: "create", thing: words, found, remedy });
}

function taken(there: ClusterObject, { ownership, experiment }: Marks): UserError {
  const marks = marksOf(there);
  const whose = marks === null
    ? "it exists, and no run has created it"
    : marks.ownership.run_id === ownership.run_id
    ? `it exists, of experiment "${marks.experiment}" of this run`
    : `it exists, of run ${marks.ownership.run_id} of ${marks.ownership.owner}`;
  return new UserError({
    action: "create",
    thing: objectWords(addressOf(there)),
    found: whose,
    remedy: marks === null || marks.ownership.run_id === ownership.run_id
      ? `Take another name or namespace in the manifests of ${experiment}; or bring what is there: deploy: no, ep_name: its URL.`
      : `Run \`fmbench cleanup --orphans --run-id ${marks.ownership.run_id}\`, or take another namespace.`,
  });
}
