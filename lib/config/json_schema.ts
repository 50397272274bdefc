/** The config's schema as a JSON Schema: for completion and hover help in an editor. */

import { z } from "zod";
import { readDocument } from "./document.ts";
import type { Path } from "./fault.ts";
import { configSchema } from "./schema.ts";
import { keysOf, noteOf, schemaAt } from "./shape.ts";

type Node = Record<string, unknown>;

/** What an editor that reads YAML 1.2 takes for text, and this program for yes or no. */
const yesNo = { enum: ["yes", "no", "Yes", "No", "YES", "NO", "on", "off", "On", "Off", "ON", "OFF"] };

/** A value that only the command line knows: `{region}`, `-A key=value`. */
const placeholder = { type: "string", pattern: "\\{[A-Za-z_][A-Za-z0-9_]*\\}" };
const empty = { type: "null" };

/** What each key means, as a text says it behind the key: by path, positions in lists as `*`. */
export function keyComments(file: string, text: string): Map<string, string> {
  const lines = text.split("\n");
  const comments = new Map<string, string>();
  for (const [key, { line }] of readDocument(file, text, {}).keyMarks) {
    const comment = / {2}# (.+)$/.exec(lines[line - 1] ?? "")?.[1];
    const path = shown(JSON.parse(key) as Path);
    if (comment !== undefined && !comments.has(path)) comments.set(path, comment);
  }
  return comments;
}

const shown = (path: Path) => path.map((step) => typeof step === "number" ? "*" : step).join("/");

/**
 * The JSON Schema (draft 2020-12) of a config file. It takes whatever the program takes: keys left empty, placeholders, bare
 * numbers for text, yes and no of YAML 1.1. What is required can come from an extended config, so only that is required
 * which makes one.
 *
 * @param annotated the text of `configs/annotated.yml`, whose comments are the help
 */
export function configJsonSchema(annotated: string): Node {
  const { $schema, ...schema } = z.toJSONSchema(configSchema, {
    io: "input",
    unrepresentable: "any",
  }) as Node;
  const comments = keyComments("annotated.yml", annotated);
  const { required: _, ...body } = lenient(schema, [], comments, true);
  return {
    $schema,
    title: "A config of fmbench",
    ...body,
    anyOf: [{ required: ["extends"] }, { required: ["s3_read_data"] }, { required: ["study"] }],
  };
}

function lenient(schema: Node, path: Path, comments: ReadonlyMap<string, string>, bare = false): Node {
  const { default: standard, description: _, required, ...rest } = schema;
  const inner: Node = { ...rest };
  if (isNode(inner["properties"])) {
    inner["properties"] = Object.fromEntries(
      Object.entries(inner["properties"]).map(([key, value]) => [
        key,
        lenient(value as Node, [...path, key], comments),
      ]),
    );
    if (Array.isArray(required) && path.length > 1 && required.includes("name")) inner["required"] = ["name"];
  }
  for (const key of ["items", "additionalProperties"]) {
    if (isNode(inner[key])) inner[key] = lenient(inner[key], [...path, 0], comments);
  }
  if (Array.isArray(inner["anyOf"])) {
    const among = inner["anyOf"].map((one) => lenient(one as Node, path, comments, true));
    inner["anyOf"] = among.some(({ type }) => type === "boolean") ? [...among, yesNo] : among;
  }
  const help = bare ? undefined : helpFor(path, comments);
  return {
    ...help === undefined ? {} : { description: help },
    ...standard === undefined || isNode(standard) && Object.keys(standard).length === 0
      ? {}
      : { default: standard },
    ...bare ? inner : alternatives(inner),
  };
}

/** The comment, and what was expected of the value. */
function helpFor(path: Path, comments: ReadonlyMap<string, string>): string | undefined {
  const comment = comments.get(shown(path));
  const schema = schemaAt(configSchema, path);
  const { expected } = schema === null ? {} : noteOf(schema);
  const says = schema !== null && keysOf(schema) !== null ? undefined : expected;
  const words = [comment, says].filter((one) => one !== undefined && one !== "text").map((one) =>
    sentence(one!)
  );
  return words.length === 0 ? undefined : words.join(" ");
}

function sentence(text: string): string {
  return `${text[0]!.toUpperCase()}${text.slice(1)}.`;
}

function alternatives(inner: Node): Node {
  const { type, pattern } = inner;
  if (type === "object" || type === "array") return { anyOf: [inner, empty] };
  if (type === "boolean") return { anyOf: [inner, yesNo, placeholder, empty] };
  if (type === "string" && inner["enum"] === undefined && pattern === undefined) {
    const { minLength: _, ...text } = inner;
    return { ...text, type: ["string", "number", "boolean", "null"] };
  }
  if (type === undefined && inner["anyOf"] === undefined) return inner;
  // Not every editor reads patterns with the flag that knows classes of Unicode.
  const plain = typeof pattern !== "string"
    ? inner
    : { ...inner, pattern: pattern.replace("\\p{Cc}", "\\u0000-\\u001f\\u007f-\\u009f") };
  return { anyOf: [plain, placeholder, empty] };
}

function isNode(value: unknown): value is Node {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
