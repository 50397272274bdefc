/** All that an experiment creates in a cluster, from its config and manifests alone: what a plan shows is what is created. */

import { join, resolve } from "node:path";
import { type DeploymentSpec, isSecretName, messageOf, sha256, UserError } from "../../core/mod.ts";
import type { Experiment, PlanContext } from "../deployer.ts";
import { resourceName } from "../ownership.ts";
import { type ClusterObject, mapped, objectWords } from "./cluster_object.ts";
import { hasNamespace, inKindOrder } from "./kind_order.ts";
import { manifestObjects } from "./manifest.ts";
import { marked } from "./marks.ts";
import { type AddressSource, addressSource } from "./service_address.ts";
import { secretObject, unsecret } from "./secrets.ts";
import { expanded, secretMark, secretsIn, variablesIn, withSecrets } from "./variables.ts";

export interface ClusterPlan {
  readonly spec: DeploymentSpec;
  /** Absolute path of the manifests. */
  readonly file: string;
  /** In the order of their creation, labelled; secrets are marks. A namespace that is there already is not created. */
  readonly objects: readonly ClusterObject[];
  readonly address: AddressSource;
  /** Names of variables whose values are secret. */
  readonly secrets: readonly string[];
  /** Of all that makes them these objects, the nonce apart: 16 hex digits. */
  readonly fingerprint: string;
}

/** Variables that stand for the Hub's token, also where it comes from a file. */
export const hubVariables: readonly string[] = ["HUGGING_FACE_HUB_TOKEN", "HF_TOKEN"];

/** @throws {UserError} a refusal */
export async function clusterPlan(
  experiment: Experiment,
  context: PlanContext,
  nonce: string,
): Promise<ClusterPlan> {
  const spec = specOf(experiment);
  const file = manifestPath(experiment, spec, context);
  const text = await read(file);
  const read_objects = manifestObjects(text, file, (name) => valueFor(name, spec, context, file));
  if (read_objects.length === 0) {
    throw refuse(file, "it has no objects", "Write the objects of the service into it.");
  }
  const placed = read_objects.map((object) => inNamespace(object, spec, file));
  const secretName = resourceName(`${experiment.name}-secrets`, context.run_id);
  const needed = new Map<string, Set<string>>();
  const clean = placed.map((object) => {
    const { object: without, secrets } = unsecret(object, secretName, file);
    const namespace = object.metadata.namespace ?? "";
    if (secrets.size > 0) needed.set(namespace, (needed.get(namespace) ?? new Set()).union(secrets));
    return without;
  });
  const all = [...missingNamespaces(clean), ...clean, ...ownSecrets(secretName, needed)];
  refuseTwins(all, file);
  const marks = { ownership: context.ownership, experiment: experiment.name };
  const objects = inKindOrder(all).map((object) => marked(object, { ...marks, nonce }));
  return {
    ...{ spec, file, objects },
    address: addressSource(experiment, clean),
    secrets: [...new Set(secretsIn(JSON.stringify(all)))],
    fingerprint: sha256(JSON.stringify(inKindOrder(all))).slice(0, 16),
  };
}

/** As a plan shows it: the names of secrets where their values will stand. */
export function shown(object: ClusterObject): ClusterObject {
  return mapped(
    object,
    (value) => typeof value === "string" ? withSecrets(value, (name) => `\${${name}}`) : value,
  ) as ClusterObject;
}

function specOf({ name, deployment }: Experiment): DeploymentSpec {
  if (deployment !== null) return deployment;
  throw new UserError({
    action: "deploy the experiment",
    thing: name,
    found: "it says nothing of a deployment",
  });
}

function manifestPath({ name }: Experiment, { eks }: DeploymentSpec, { config_dir }: PlanContext): string {
  if (eks.manifest_file !== null) {
    return join(resolve(config_dir, eks.manifest_dir ?? "."), eks.manifest_file);
  }
  throw new UserError({
    action: "deploy the experiment",
    thing: name,
    found: "it names no manifests",
    remedy:
      "Set eks.manifest_file to a file of manifests, and eks.manifest_dir to its folder, relative to the config's.",
  });
}

async function read(file: string): Promise<string> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    const found = error instanceof Deno.errors.NotFound ? "there is no such file" : messageOf(error);
    throw refuse(file, found, "Correct eks.manifest_dir (relative to the config) or eks.manifest_file.");
  }
}

/** `env` of the config comes before the environment; a secret is a mark. @throws {UserError} if there is no such variable */
function valueFor(
  name: string,
  { env: own }: DeploymentSpec,
  { env, has_hub_token }: PlanContext,
  file: string,
): string {
  const given = own[name];
  if (given !== undefined && !isSecretVariable(name, own)) {
    return expanded(given, (inner) => env[inner] ?? missing(inner, file));
  }
  if (!isSecretVariable(name, own)) return env[name] ?? missing(name, file);
  const there = given !== undefined || env[name] !== undefined ||
    hubVariables.includes(name) && has_hub_token;
  return there ? secretMark(name) : missing(name, file);
}

function isSecretVariable(name: string, own: Readonly<Record<string, string>>): boolean {
  return isSecretName(name) || variablesIn(own[name] ?? "").some(isSecretName);
}

function missing(name: string, file: string): never {
  throw refuse(
    file,
    hubVariables.includes(name)
      ? `it needs a Hugging Face token, and there is none (\$${name})`
      : `there is no variable ${name} in the environment`,
    `Set ${name}, or write $$${name} where a dollar sign is meant.`,
  );
}

/** The value of a secret. @param hubToken of the Hub, wherever it comes from */
export function secretValue(
  name: string,
  { env: own }: DeploymentSpec,
  env: PlanContext["env"],
  hubToken: string | null,
): string {
  const value = own[name] === undefined ? env[name] : expanded(own[name], (inner) => env[inner] ?? "");
  return value ?? (hubVariables.includes(name) ? hubToken : null) ?? "";
}

function inNamespace(object: ClusterObject, { eks }: DeploymentSpec, file: string): ClusterObject {
  const { kind, metadata } = object;
  if (metadata.namespace !== undefined || !hasNamespace(kind)) return object;
  if (eks.namespace !== null) return { ...object, metadata: { ...metadata, namespace: eks.namespace } };
  throw refuse(
    file,
    `${objectWords({ kind, name: metadata.name, namespace: null })} says no namespace`,
    "Set eks.eks_model_namespace, e.g. eks_model_namespace: models.",
  );
}

/** A namespace for everything that is in one, unless the manifests have it themselves. */
function missingNamespaces(objects: readonly ClusterObject[]): ClusterObject[] {
  const had = new Set(
    objects.filter(({ kind }) => kind === "Namespace").map(({ metadata }) => metadata.name),
  );
  const needed = new Set(objects.flatMap(({ metadata: { namespace } }) => namespace ?? []));
  return [...needed.difference(had)].map((name) => ({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name },
  }));
}

function ownSecrets(name: string, needed: ReadonlyMap<string, ReadonlySet<string>>): ClusterObject[] {
  return [...needed].map(([namespace, keys]) =>
    secretObject(name, namespace, Object.fromEntries([...keys].map((key) => [key, secretMark(key)])))
  );
}

function refuseTwins(objects: readonly ClusterObject[], file: string): void {
  const seen = new Set<string>();
  for (const { apiVersion, kind, metadata: { name, namespace = null } } of objects) {
    const key = JSON.stringify([apiVersion, kind, namespace, name]);
    if (seen.has(key)) {
      throw refuse(file, `${objectWords({ kind, namespace, name })} is in it twice`, "Take one of them out.");
    }
    seen.add(key);
  }
}

function refuse(file: string, found: string, remedy: string): UserError {
  return new UserError({ action: "deploy the manifests", thing: file, found, remedy });
}
