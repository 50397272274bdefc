/** What tells our objects in a cluster: labels to look for them by, annotations that say exactly what labels can't. */

import { labelKeys, type Ownership } from "../ownership.ts";
import {
  type ClusterObject,
  type Fields,
  hasContainers,
  isFields,
  mapped,
  valueAt,
} from "./cluster_object.ts";

/** Annotation: one deployment of one experiment; an object without it is not that deployment's. */
export const nonceKey = "fmbench.dev/nonce";

export interface Marks {
  readonly ownership: Ownership;
  readonly experiment: string;
  readonly nonce: string;
}

/** What a label takes: 63 of letters, digits, `-`, `_` and `.`, with a letter or digit at either end. */
export function labelValue(text: string): string {
  return text.replace(/[^A-Za-z0-9_.-]+/g, "_").slice(0, 63).replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, "");
}

export function labelsOf({ ownership, experiment }: Omit<Marks, "nonce">): Readonly<Record<string, string>> {
  return {
    [labelKeys.run_id]: labelValue(ownership.run_id),
    [labelKeys.owner]: labelValue(ownership.owner),
    // A label has no colons.
    [labelKeys.expires_at]: labelValue(ownership.expires_at.replace(/[-:]/g, "")),
    [labelKeys.experiment]: labelValue(experiment),
  };
}

/** Selects the objects of an experiment in a request. */
export function selectorOf({ ownership, experiment }: Omit<Marks, "nonce">): string {
  const { [labelKeys.run_id]: run, [labelKeys.experiment]: name } = labelsOf({ ownership, experiment });
  return `${labelKeys.run_id}=${run},${labelKeys.experiment}=${name}`;
}

/**
 * The object with our labels and annotations, and with the labels on its templates of pods and claims too, so that what others make of
 * them is found by the same labels.
 */
export function marked(object: ClusterObject, marks: Marks): ClusterObject {
  const { ownership: { run_id, owner, expires_at }, experiment, nonce } = marks;
  const labels = labelsOf(marks);
  const inner = mapped(object, (value, path) => {
    const isClaim = path.at(-2) === "volumeClaimTemplates" && isFields(value);
    if (path.length === 0 || !hasContainers(value) && !isClaim) return value;
    const claim = isClaim ? { [nonceKey]: nonce } : {};
    return withMetadata(value as Fields, labels, claim);
  }) as ClusterObject;
  return withMetadata(inner, labels, {
    [labelKeys.run_id]: run_id,
    [labelKeys.owner]: owner,
    [labelKeys.expires_at]: expires_at,
    [labelKeys.experiment]: experiment,
    [nonceKey]: nonce,
  }) as ClusterObject;
}

function withMetadata(
  value: Fields,
  labels: Readonly<Record<string, string>>,
  annotations: Readonly<Record<string, string>>,
): Fields {
  const metadata = isFields(value["metadata"]) ? value["metadata"] : {};
  const merged = (key: string, ours: Fields) =>
    Object.keys(ours).length === 0 ? {} : { [key]: { ...metadata[key] as Fields | undefined, ...ours } };
  return {
    ...value,
    metadata: { ...metadata, ...merged("labels", labels), ...merged("annotations", annotations) },
  };
}

export function nonceOf(object: unknown): string | null {
  const nonce = valueAt(object, "metadata", "annotations", nonceKey);
  return typeof nonce === "string" ? nonce : null;
}

/** Whose an object is by its annotations; null when they are not ours. */
export function marksOf(object: unknown): Marks | null {
  const of = (key: string) => valueAt(object, "metadata", "annotations", key);
  const [run_id, owner, expires_at, experiment, nonce] = [
    ...[labelKeys.run_id, labelKeys.owner, labelKeys.expires_at, labelKeys.experiment, nonceKey].map(of),
  ];
  if (typeof run_id !== "string" || typeof owner !== "string" || typeof expires_at !== "string") return null;
  if (typeof experiment !== "string" || typeof nonce !== "string") return null;
  return { ownership: { run_id, owner, expires_at }, experiment, nonce };
}
