import { deepEqual, equal, ok } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { configJsonSchema, keyComments, projectFolder } from "../../lib/config/mod.ts";
import { configSchema } from "../../lib/config/schema.ts";
import { childOf, keysOf } from "../../lib/config/shape.ts";
import { shippedConfigs } from "./shipped.ts";

const annotated = readFileSync(join(projectFolder, "configs", "annotated.yml"), "utf8");
const json = configJsonSchema(annotated);
/** The schema read back by another reader than the one that wrote it. */
const schema = z.fromJSONSchema(json as Parameters<typeof z.fromJSONSchema>[0]);

/** Paths of all keys that a config may have, lists as `*`. */
function keyPaths(from: z.ZodType, path: readonly string[] = []): string[] {
  const keys = keysOf(from);
  if (keys === null) {
    const item = childOf(from, 0);
    return item === null || keysOf(item) === null ? [] : keyPaths(item, [...path, "*"]);
  }
  return keys.flatMap((key) => [
    [...path, key].join("/"),
    ...keyPaths(childOf(from, key)!, [...path, key]),
  ]);
}

Deno.test("every key of the schema stands in annotated.yml, with a comment of one line", () => {
  const comments = keyComments("annotated.yml", annotated);
  deepEqual(keyPaths(configSchema).filter((path) => !comments.has(path)), []);
  for (const comment of comments.values()) ok(comment.length >= 5 && comment.length <= 120, comment);
});

Deno.test("the JSON Schema takes every shipped config as an editor reads it", () => {
  for (const { path, text } of shippedConfigs()) {
    const result = schema.safeParse(parse(text));
    equal(result.success, true, `${path}: ${JSON.stringify(result.error?.issues ?? []).slice(0, 400)}`);
  }
});

Deno.test("it refuses a misspelt key, and a wrong kind of value", () => {
  const good = { general: { name: "x" }, s3_read_data: { source_data_files: ["a.jsonl"] } };
  equal(schema.safeParse(good).success, true);
  equal(schema.safeParse({ ...good, load: { request: 3 } }).success, false);
  equal(schema.safeParse({ ...good, load: { requests: "many" } }).success, false);
});

Deno.test("it takes what the program takes: an empty key, a placeholder, yes and no, a number for a name", () => {
  const good = { general: { name: "{name}", model_name: 7 }, s3_read_data: { source_data_files: ["a"] } };
  equal(schema.safeParse({ ...good, load: { requests: "{n}", seed: null }, certify: "no" }).success, true);
  equal(schema.safeParse({ extends: "demo.yml" }).success, true);
});

Deno.test("hover help is the comment of annotated.yml with what is expected", () => {
  const { properties } = json as { properties: Record<string, { description: string }> };
  equal(
    properties["certify"]!.description.startsWith("Whether step 0 measures this client's own error"),
    true,
  );
  equal(properties["certify"]!.description.endsWith("Yes or no."), true);
});
