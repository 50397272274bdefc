/** What the ledger says of an object in a cluster: all that it takes to find it, and only it, without config and manifest. */

import type { Billing, Resource } from "../deployer.ts";
import { labelKeys, type Ownership } from "../ownership.ts";
import type { ClusterChoice } from "./cluster_access.ts";
import { type ClusterObject, type ObjectAddress, objectWords } from "./cluster_object.ts";
import { type Marks, nonceKey } from "./marks.ts";

export const kind = "kubernetes_object";

/** Where an object is, and how its cluster is had. */
export interface Place {
  readonly choice: ClusterChoice;
  /** Base URL of the API server: the same context may mean another cluster later. */
  readonly server: string;
}

export interface Entry extends Place {
  readonly address: ObjectAddress;
  readonly nonce: string;
  readonly experiment: string;
  /** Of the manifests that it is part of. */
  readonly fingerprint: string;
}

/** An entry whose object has not been created. */
export function resourceOf(
  object: ClusterObject,
  { choice, server }: Place,
  { ownership, experiment, nonce }: Marks,
  fingerprint: string,
  billing: Billing | null,
): Resource {
  const { apiVersion, metadata: { name, namespace } } = object;
  const address = { kind: object.kind, namespace: namespace ?? null, name };
  return {
    kind,
    name: `${objectWords(address)} of ${experiment}`,
    id: null,
    tags: {
      ...ownershipTags(ownership),
      [labelKeys.experiment]: experiment,
      [nonceKey]: nonce,
      object: JSON.stringify({ apiVersion, ...address }),
      cluster: JSON.stringify({ ...choice, server }),
      manifests: fingerprint,
    },
    ...(billing === null ? {} : { billing }),
  };
}

function ownershipTags({ run_id, owner, expires_at }: Ownership): Record<string, string> {
  return { [labelKeys.run_id]: run_id, [labelKeys.owner]: owner, [labelKeys.expires_at]: expires_at };
}

/** What an entry says. */
export function entryOf({ tags }: Resource): Entry {
  const { server, ...choice } = JSON.parse(tags["cluster"] ?? "{}") as ClusterChoice & { server: string };
  return {
    choice,
    server,
    address: JSON.parse(tags["object"] ?? "{}") as ObjectAddress,
    nonce: tags[nonceKey] ?? "",
    experiment: tags[labelKeys.experiment] ?? "",
    fingerprint: tags["manifests"] ?? "",
  };
}
