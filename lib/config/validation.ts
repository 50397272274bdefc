/** A document against a schema: the typed value, or faults with their places. */

import type { z } from "zod";
import { isSecretName, redact } from "../core/mod.ts";
import { type Located, markOf, pathKey } from "./document.ts";
import { type Fault, type Path, showPath } from "./fault.ts";
import {
  childOf,
  isFree,
  isText,
  isUnion,
  keysOf,
  noteOf,
  schemaAt,
  sectionsBelow,
  sectionsWith,
} from "./shape.ts";
import { didYouMean, nearestNames } from "./suggestion.ts";

/** The outcome. With faults, `value` is what is left when everything faulty is taken out, for further checks. */
export interface Validated<T> {
  /** null when something required is faulty. */
  readonly value: T | null;
  readonly faults: readonly Fault[];
  /** Top-level keys in which something is faulty or has no value yet: what is checked next can't rely on these. */
  readonly tainted: ReadonlySet<string>;
}

/** Checks a document; empty keys count as absent, and numbers where text is wanted are taken as they are written. */
export function validate<T>(schema: z.ZodType<T>, located: Located): Validated<T> {
  const faults: Fault[] = [];
  const tainted = new Set<string>(located.unfilled);
  let value = plain(schema, located, located.value, []) ?? {};
  for (let round = 0; round < 3; round++) {
    const result = schema.safeParse(value);
    if (result.success) return { value: result.data, faults, tainted };
    for (const issue of result.error.issues) {
      for (const path of pathsOf(issue)) {
        if (round === 0) faults.push(...faultOf(schema, located, value, path, issue));
        tainted.add(String(path[0] ?? ""));
        value = without(value, path);
      }
    }
  }
  return { value: null, faults, tainted };
}

/** Takes out empty keys that the schema knows, and gives text where the schema wants text and the file has a bare number or yes or no. */
function plain(schema: z.ZodType, located: Located, value: unknown, path: Path): unknown {
  if (isText(schema) && (typeof value === "number" || typeof value === "boolean")) {
    return located.sources.get(pathKey(path)) ?? String(value);
  }
  if (Array.isArray(value)) {
    const item = childOf(schema, 0);
    return item === null ? value : value.map((each, index) => plain(item, located, each, [...path, index]));
  }
  if (isFree(schema) || isUnion(schema)) return asWritten(located, value, path);
  if (value === null || typeof value !== "object") return value;
  const kept = Object.entries(value).filter(([key, item]) => item !== null || childOf(schema, key) === null);
  return Object.fromEntries(kept.map(([key, item]) => {
    const child = childOf(schema, key);
    return [key, child === null ? item : plain(child, located, item, [...path, key])];
  }));
}

/** Where the schema leaves the kind of value open, a number that digits would get lost of is the text that it looks like. */
function asWritten(located: Located, value: unknown, path: Path): unknown {
  if (typeof value === "number") {
    const source = located.sources.get(pathKey(path)) ?? "";
    return /^[-+]?0\d+$/.test(source) || (/^[-+]?\d+$/.test(source) && !Number.isSafeInteger(value))
      ? source
      : value;
  }
  if (Array.isArray(value)) return value.map((item, index) => asWritten(located, item, [...path, index]));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, asWritten(located, item, [...path, key])]),
  );
}

type Issue = z.core.$ZodIssue;

/** What an issue is about: the unknown keys, or the value itself. */
function pathsOf(issue: Issue): Path[] {
  const path = issue.path as (string | number)[];
  return issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...path, key]) : [path];
}

function faultOf(schema: z.ZodType, located: Located, value: unknown, path: Path, issue: Issue): Fault[] {
  if (issue.code === "unrecognized_keys") {
    const key = String(path.at(-1));
    const parent = path.slice(0, -1);
    const taken = Object.keys(valueAt(value, parent) ?? {});
    const slipped = slippedFrom(schema, located, parent, key);
    return [{ ...markOf(located, path, "key"), text: slipped ?? unknownKey(schema, parent, key, taken) }];
  }
  const expected = noteOf(schemaAt(schema, path) ?? schema).expected ?? "another kind of value";
  const found = valueAt(value, path);
  if (found !== undefined) {
    const name = path.length === 0 ? "the config" : `"${showPath(path)}"`;
    const text = `${name} is ${showValue(found, path)}; expected ${expected}`;
    return [{ ...markOf(located, path), text }];
  }
  const siblings = Object.keys(valueAt(value, path.slice(0, -1)) ?? {});
  const known = keysOf(schemaAt(schema, path.slice(0, -1)) ?? schema) ?? [];
  const misspelt = siblings.some((name) =>
    !known.includes(name) && nearestNames(name, known, siblings).includes(String(path.at(-1)))
  );
  if (misspelt) return [];
  return [{ ...markOf(located, path), text: `"${showPath(path)}" is missing; expected ${expected}` }];
}

/** The fault about a key that stands beside the section it belongs to, which is empty for want of indentation. */
function slippedFrom(schema: z.ZodType, located: Located, parent: Path, key: string): string | null {
  const at = schemaAt(schema, parent);
  if (at === null) return null;
  const written = valueAt(located.value, parent) as Record<string, unknown>;
  const lineOf = (name: string) => markOf(located, [...parent, name], "key").line;
  const emptied =
    sectionsBelow(at, key).filter((name) => written[name] === null && lineOf(name) <= lineOf(key))
      .sort((a, b) => lineOf(b) - lineOf(a))[0];
  if (emptied === undefined) return null;
  return `unknown key "${key}" in "${showPath(parent)}"; expected it under "${emptied}" on line ` +
    `${lineOf(emptied)}, which is empty: indent it`;
}

/** The fault about a key that the schema does not know; `taken` are the keys beside it. */
export function unknownKey(
  schema: z.ZodType,
  parent: Path,
  key: string,
  taken: readonly string[] = [],
): string {
  const at = schemaAt(schema, parent) ?? schema;
  const known = keysOf(at) ?? [];
  const where = parent.length === 0 ? "" : ` in "${showPath(parent)}"`;
  const elsewhere = nearestNames(key, known).length > 0
    ? []
    : [...sectionsBelow(at, key), ...sectionsWith(schema, key)];
  const advice = elsewhere.length > 0 ? `expected it under "${elsewhere[0]}"` : didYouMean(key, known, taken);
  return `unknown key "${key}"${where}; ${advice}`;
}

/** A value as a fault shows it. */
export function showValue(value: unknown, path: Path): string {
  if (Array.isArray(value)) return "a list";
  if (value === null) return "empty";
  if (typeof value === "object") return "a map";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value !== "string") return String(value);
  if (path.some((step) => typeof step === "string" && isSecretName(step))) return "[redacted]";
  const shown = redact(value);
  return JSON.stringify(shown.length > 60 ? `${shown.slice(0, 57)}...` : shown);
}

/** The value at a path, or undefined. */
export function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const step of path) {
    if (at === null || typeof at !== "object" || !Object.hasOwn(at, step)) return undefined;
    at = (at as Record<string | number, unknown>)[step];
  }
  return at;
}

/** A copy of a value without what stands at a path; a faulty item of a list takes the list with it. */
function without(value: unknown, path: Path): object {
  const target = typeof path.at(-1) === "number" ? path.slice(0, -1) : path;
  const copy = structuredClone(value) as Record<string, unknown>;
  const parent = valueAt(copy, target.slice(0, -1));
  if (parent !== null && typeof parent === "object") {
    delete (parent as Record<string, unknown>)[String(target.at(-1))];
  }
  return copy;
}
