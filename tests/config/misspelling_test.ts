/** Any key that the schema owns, misspelt by one edit, in any config that ships and in any of FMBench's. */

import { deepEqual, equal } from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import fc from "fast-check";
import { isMap, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import { ConfigError, projectFolder, readConfig } from "../../lib/config/mod.ts";
import { maskPlaceholders } from "../../lib/config/placeholder.ts";
import { configSchema } from "../../lib/config/schema.ts";
import { childOf, keysOf, schemaAt } from "../../lib/config/shape.ts";
import { stepNames } from "../../lib/core/mod.ts";

const shared = process.env["FMBENCH_SHARED"] ?? join(projectFolder, "..", "shared");
const fmbench = join(shared, "data", "fmbench_configs");
const noConfigs = /pricing|model_eval|eks_manifests/;

function configsBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".yml") && !noConfigs.test(name)).sort()
    .map((name) => join(folder, name));
}

if (!existsSync(fmbench)) {
  console.warn(`FMBench's configs are not at ${fmbench}: only those that ship are misspelt`);
}

interface Key {
  readonly file: string;
  readonly name: string;
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

const oldSteps = ["4_model_metric_analysis", "5_cleanup"];

/** The keys of a file that the schema names, and the names of steps. */
function keysOfFile(file: string, text: string): Key[] {
  const lines = new LineCounter();
  const masked = maskPlaceholders(text);
  const document = parseDocument(masked, { lineCounter: lines, uniqueKeys: false, prettyErrors: false });
  if (document.errors.length > 0) return [];
  const keys: Key[] = [];
  const visit = (node: unknown, path: (string | number)[]): void => {
    if (isSeq(node)) node.items.forEach((item, index) => visit(item, [...path, index]));
    if (!isMap(node)) return;
    for (const { key, value } of node.items) {
      if (!isScalar(key)) continue;
      const name = String(key.value);
      const owned = keysOf(schemaAt(configSchema, path) ?? configSchema)?.includes(name) ||
        path[0] === "run_steps";
      if (!owned) continue;
      const offset = key.range![0];
      const { line, col } = lines.linePos(offset);
      keys.push({ file, name, offset, line, column: col });
      visit(value, [...path, name]);
    }
  };
  visit(document.contents, []);
  return keys;
}

/** Every key that the schema knows anywhere, and every name of a step. */
function everyKey(schema = configSchema as Parameters<typeof keysOf>[0]): string[] {
  const own = keysOf(schema) ?? [];
  return [
    ...own.flatMap((name) => {
      const child = childOf(schema, name)!;
      return [name, ...everyKey(childOf(child, 0) ?? child)];
    }),
  ];
}

const letters = "abcdefghijklmnopqrstuvwxyz_0123456789";

/** The name with one character left out, put in, exchanged, or swapped with the next one. */
function misspelt(name: string, kind: number, at: number, letter: string): string {
  const [before, after] = [name.slice(0, at), name.slice(at)];
  if (kind === 0) return before + after.slice(1);
  if (kind === 1) return before + letter + after;
  if (kind === 2) return before + letter + after.slice(1);
  return before + after.slice(1, 2) + after.slice(0, 1) + after.slice(2);
}

Deno.test("a key misspelt by one edit is found with its place, and its right name is among the three nearest", () => {
  const files = [...configsBelow(join(projectFolder, "configs")), ...configsBelow(fmbench)];
  const texts = new Map(files.map((file) => [file, readFileSync(file, "utf8")]));
  const keys = files.map((file) => keysOfFile(file, texts.get(file)!)).filter((own) => own.length > 0);
  const steps = [...stepNames, ...oldSteps].flatMap((name) => [name, `${name}.ipynb`]);
  const known = new Set([...everyKey(), ...steps]);
  equal(known.size > 150 && keys.length >= 5, true);
  const tried = { keys: new Set<string>(), edits: 0, ties: 0 };
  const anyKey = fc.constantFrom(...keys).chain((own) => fc.constantFrom(...own));
  const edits = fc.tuple(anyKey, fc.nat(3), fc.nat(60), fc.constantFrom(...letters));
  fc.assert(
    fc.property(edits, ([key, kind, position, letter]) => {
      const wrong = misspelt(key.name, kind, position % key.name.length, letter);
      fc.pre(wrong !== "" && !known.has(wrong));
      const text = texts.get(key.file)!;
      const changed = text.slice(0, key.offset) + wrong + text.slice(key.offset + key.name.length);
      let found: string[] = [];
      try {
        readConfig(key.file, changed, { env: {}, tmpDir: "/tmp/none" });
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        found = error.faults.filter(({ file, line, column }) =>
          file === key.file && line === key.line && column === key.column
        ).map(({ text }) => text).filter((text) => text.includes(`"${wrong}"`));
      }
      equal(found.length, 1, `${key.file}:${key.line}:${key.column}: "${wrong}" for "${key.name}": ${found}`);
      const advice = found[0]!.slice(found[0]!.lastIndexOf(";"));
      const names = [...advice.matchAll(/"([^"]+)"/g)].map((match) => match[1]!);
      const right = key.name.replace(/\.ipynb$/, "");
      const named = names.some((name) => name.replace(/\.ipynb$/, "") === right);
      equal(/did you mean /.test(advice) && names.length <= 3 && named, true, `"${wrong}": ${found[0]}`);
      tried.keys.add(key.name);
      tried.edits++;
      if (names.length > 1) tried.ties++;
    }),
    { numRuns: Number(process.env["MISSPELLINGS"] ?? 1_000), seed: 5 },
  );
  deepEqual([tried.keys.size > 50, tried.edits >= 1_000], [true, true]);
  if (process.env["MISSPELLINGS"]) console.log({ ...tried, keys: tried.keys.size });
});
