/** A file of manifests: read as kubectl reads YAML, with variables put in after that, so that no value can change what is written around it. */

import { type Document, parseAllDocuments, parseDocument, Scalar, type Tags, visit } from "yaml";
import { UserError } from "../../core/mod.ts";
import { type ClusterObject, isFields, listAt, textAt } from "./cluster_object.ts";
import { expanded, secretsIn, variablesIn, wholeSecret } from "./variables.ts";

/** YAML 1.1 without its dates and its numbers to the base of 60: what Kubernetes' own reader takes for texts. */
const dialect = {
  version: "1.1",
  customTags: (tags: Tags): Tags =>
    tags.filter((tag) =>
      typeof tag === "string" || tag.tag !== "tag:yaml.org,2002:timestamp" &&
        !("format" in tag && tag.format === "TIME")
    ),
} as const;

/**
 * All objects of a text, variables put in. Where an unquoted variable is the whole value, a whole number or a truth value is one
 * afterwards, as it would be if the text had been changed before it was read.
 *
 * @param file for messages
 * @param valueOf gives the value of a variable, or a `secretMark`
 * @throws {UserError} if it is no YAML, or an entry is no object of a cluster
 */
export function manifestObjects(
  text: string,
  file: string,
  valueOf: (name: string) => string,
): ClusterObject[] {
  const documents = parseAllDocuments(text, dialect);
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw unreadable(file, error.message.split("\n")[0]!.replace(/[.:]$/, ""));
    putIn(document, valueOf);
    const value: unknown = document.toJS({ maxAliasCount: 1000 });
    if (value === null || value === undefined) return [];
    const all = textAt(value, "kind") === "List" ? listAt(value, "items") : [value];
    return all.map((one) => objectIn(one, file));
  });
}

function putIn(document: Document, valueOf: (name: string) => string): void {
  visit(document, {
    Scalar(key, scalar) {
      if (key === "key" || typeof scalar.value !== "string") return;
      const { value } = scalar;
      const [first] = variablesIn(value);
      const whole = first !== undefined && (value === `$${first}` || value === `\${${first}}`);
      scalar.value = expanded(value, valueOf);
      if (!whole || scalar.type !== Scalar.PLAIN) return;
      if (/^(0|-?[1-9]\d{0,14})$/.test(scalar.value as string)) scalar.value = Number(scalar.value);
      else if (/^(true|false)$/.test(scalar.value as string)) scalar.value = scalar.value === "true";
    },
  });
}

function objectIn(value: unknown, file: string): ClusterObject {
  const [apiVersion, kind] = [textAt(value, "apiVersion"), textAt(value, "kind")];
  const name = textAt(value, "metadata", "name");
  if (!isFields(value) || apiVersion === null || kind === null || name === null) {
    const found = `an entry lacks ${
      apiVersion === null ? "apiVersion" : kind === null ? "kind" : "metadata.name"
    }`;
    throw unreadable(file, found);
  }
  return value as ClusterObject;
}

function unreadable(file: string, found: string): UserError {
  return new UserError({
    action: "deploy the manifests",
    thing: file,
    found,
    expected: "objects of Kubernetes in YAML, each with apiVersion, kind and metadata.name",
  });
}

/**
 * A text that is YAML itself, without the variables of processes (`env_vars`) that are secrets; null: it has none.
 *
 * @returns the variables, each with the name of its secret
 */
export function withoutSecretVariables(
  text: string,
): { readonly text: string; readonly variables: Readonly<Record<string, string>> } | null {
  if (secretsIn(text).length === 0) return null;
  const document = parseDocument(text, dialect);
  if (document.errors.length > 0) return null;
  const variables: Record<string, string> = {};
  visit(document, {
    Pair(_, pair) {
      if (!(pair.key instanceof Scalar) || pair.key.value !== "env_vars") return;
      const map = pair.value as { items?: { key: unknown; value: unknown }[] } | null;
      if (map === null || !Array.isArray(map.items)) return;
      map.items = map.items.filter(({ key, value }) => {
        const secret = value instanceof Scalar && typeof value.value === "string"
          ? wholeSecret(value.value)
          : null;
        if (secret === null || !(key instanceof Scalar)) return true;
        variables[String(key.value)] = secret;
        return false;
      });
    },
  });
  return { text: document.toString({ lineWidth: 0 }), variables };
}
