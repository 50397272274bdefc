/**
 * Secrets in manifests: what a variable with a secret name stands for is never part of an object, but of a Secret of ours that
 * containers take their environment from. Where that can't be, it is refused.
 */

import { UserError } from "../../core/mod.ts";
import {
  addressOf,
  type ClusterObject,
  type Fields,
  hasContainers,
  isFields,
  listAt,
  mapped,
  objectWords,
  textAt,
} from "./cluster_object.ts";
import { withoutSecretVariables } from "./manifest.ts";
import { secretsIn, wholeSecret, withSecrets } from "./variables.ts";

/** An object without secrets, and the names of those that its containers need from our Secret. */
export interface Unsecret {
  readonly object: ClusterObject;
  readonly secrets: ReadonlySet<string>;
}

/**
 * Moves the secrets of an object into references to a Secret: where one is the value of a container's variable, and, of a RayService,
 * of a variable in `env_vars` of `serveConfigV2`, which all containers of the service get instead. `stringData` of a Secret keeps
 * them as marks.
 *
 * @param secretName of our Secret in the object's namespace
 * @param file for messages
 * @throws {UserError} if one stands anywhere else
 */
export function unsecret(object: ClusterObject, secretName: string, file: string): Unsecret {
  const secrets = new Set<string>();
  const taken = (name: string, key: string) => {
    secrets.add(key);
    return { name, valueFrom: { secretKeyRef: { name: secretName, key } } };
  };
  const { changed, variables } = servedBy(object);
  const result = mapped(changed, (value, path) => {
    if (isFields(value) && path.at(-2) === "env" && typeof path.at(-1) === "number") {
      const key = wholeSecret(textAt(value, "value") ?? "");
      return key === null ? value : taken(String(value["name"]), key);
    }
    if (!hasContainers(value)) return value;
    const added = Object.entries(variables);
    return added.length === 0 ? value : withVariables(value, added.map(([name, key]) => taken(name, key)));
  }) as ClusterObject;
  refuseOthers(result, file);
  return { object: result, secrets };
}

function servedBy(
  object: ClusterObject,
): { changed: ClusterObject; variables: Readonly<Record<string, string>> } {
  const served = object.kind === "RayService" ? textAt(object, "spec", "serveConfigV2") : null;
  const without = served === null ? null : withoutSecretVariables(served);
  if (without === null) return { changed: object, variables: {} };
  const spec = object["spec"] as Fields;
  return {
    changed: { ...object, spec: { ...spec, serveConfigV2: without.text } },
    variables: without.variables,
  };
}

/** As the server of the variables would have it: what they say comes before what a container says itself. */
function withVariables(template: Fields, variables: readonly Fields[]): Fields {
  const spec = template["spec"] as Fields;
  const names = variables.map(({ name }) => name);
  const containers = listAt(spec, "containers").map((container) => {
    const kept = listAt(container, "env").filter((entry) => !names.includes(textAt(entry, "name") ?? ""));
    return { ...container as Fields, env: [...kept, ...variables] };
  });
  return { ...template, spec: { ...spec, containers } };
}

function refuseOthers(object: ClusterObject, file: string): void {
  mapped(object, (value, path) => {
    if (typeof value !== "string" || object.kind === "Secret" && path[0] === "stringData") return value;
    const [secret] = secretsIn(value);
    if (secret === undefined) return value;
    throw new UserError({
      action: "deploy the manifests",
      thing: file,
      found: `\$${secret} stands in ${path.join(".")} of ${
        objectWords(addressOf(object))
      }, where anybody who may read the object reads it`,
      expected:
        "secrets as values of a container's environment only, which take them from a Secret of this run",
      remedy:
        `Move it to env of the container (value: $${secret}), or refer to a Secret of your own by valueFrom.`,
    });
  });
}

/** Our Secret, its values still marks. */
export function secretObject(
  name: string,
  namespace: string,
  values: Readonly<Record<string, string>>,
): ClusterObject {
  return {
    apiVersion: "v1",
    kind: "Secret",
    type: "Opaque",
    metadata: { name, namespace },
    stringData: values,
  };
}

/** The object as it is sent: with the values of its secrets. Only a Secret has any. */
export function filled(object: ClusterObject, valueOf: (name: string) => string): ClusterObject {
  if (object.kind !== "Secret") return object;
  return mapped(
    object,
    (value) => typeof value === "string" ? withSecrets(value, valueOf) : value,
  ) as ClusterObject;
}
