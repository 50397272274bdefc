/** Objects of a cluster as its API server has them: JSON, of which only the head is known. */

/** A value of JSON with names. */
export type Fields = Readonly<Record<string, unknown>>;

export interface ClusterObject extends Fields {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
}

export interface Metadata extends Fields {
  readonly name: string;
  /** Absent: the whole cluster's, or the object has not been told yet. */
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** What the server tells it by from every other one, also from a later one of the same name. */
  readonly uid?: string;
}

/** What it takes to ask for an object. */
export interface ObjectAddress {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
}

export function addressOf({ apiVersion, kind, metadata: { namespace, name } }: ClusterObject): ObjectAddress {
  return { apiVersion, kind, namespace: namespace ?? null, name };
}

/** For people: `Deployment llama/vllm`. */
export function objectWords({ kind, namespace, name }: Omit<ObjectAddress, "apiVersion">): string {
  return namespace === null ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

export function isFields(value: unknown): value is Fields {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** What lies at a place in JSON; undefined where there is no such place. */
export function valueAt(value: unknown, ...path: readonly (string | number)[]): unknown {
  let found = value;
  for (const key of path) {
    if (found === null || typeof found !== "object") return undefined;
    found = (found as Record<string | number, unknown>)[key];
  }
  return found;
}

export function textAt(value: unknown, ...path: readonly (string | number)[]): string | null {
  const found = valueAt(value, ...path);
  return typeof found === "string" ? found : null;
}

export function numberAt(value: unknown, ...path: readonly (string | number)[]): number | null {
  const found = valueAt(value, ...path);
  return typeof found === "number" ? found : null;
}

/** Empty where there is no list. */
export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = valueAt(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** A copy with every value replaced that `change` gives something else for; the innermost come first. */
export function mapped(
  value: unknown,
  change: (value: unknown, path: readonly (string | number)[]) => unknown,
  path: readonly (string | number)[] = [],
): unknown {
  if (Array.isArray(value)) {
    return change(value.map((item, index) => mapped(item, change, [...path, index])), path);
  }
  if (!isFields(value)) return change(value, path);
  const copy = Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, mapped(item, change, [...path, key])]),
  );
  return change(copy, path);
}

/** Whether a value is a template of pods, or a pod: something with containers. */
export function hasContainers(value: unknown): value is Fields {
  return isFields(value) && Array.isArray(valueAt(value, "spec", "containers"));
}
