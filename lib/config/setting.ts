/** `--set a.b[0].c=value`: one value of the config from the command line. */

import type { z } from "zod";
import { isMap, isScalar, isSeq } from "yaml";
import { redact } from "../core/mod.ts";
import { type Located, pathKey } from "./document.ts";
import { type Path, showPath } from "./fault.ts";
import { allSteps, stepNameOf } from "./run_steps.ts";
import { schemaAt } from "./shape.ts";
import { unknownKey } from "./validation.ts";
import { parseYaml } from "./yaml_text.ts";

/** A path and its value, or what is wrong with it and at which column of the argument. */
export type Setting =
  | { readonly path: Path; readonly value: unknown; readonly valueColumn: number; readonly source: string }
  | { readonly fault: string; readonly column: number };

const step = /^(?:\.?([^.[\]="]+)|\[(\d+)\]|\["([^"]*)"\])/;

/**
 * Reads `path=value`. The path is names with dots, positions in brackets, and names with dots in them as `["a.b"]`; the
 * value is a YAML scalar, a list in brackets or a map in braces.
 */
export function parseSetting(argument: string): Setting {
  const path: (string | number)[] = [];
  let at = 0;
  while (argument[at] !== "=") {
    const match = step.exec(argument.slice(at));
    if (match === null) {
      return { fault: "is no setting; expected path=value, like load.requests=40", column: at + 1 };
    }
    const [whole, name, position, quoted] = match;
    path.push(position !== undefined ? Number(position) : (name ?? quoted)!);
    at += whole.length;
  }
  if (path.length === 0) {
    return { fault: "names no key; expected path=value, like load.requests=40", column: 1 };
  }
  const source = argument.slice(at + 1);
  const valueColumn = at + 2;
  if (source.trim() === "") return { path, value: null, valueColumn, source };
  const document = parseYaml(source);
  const { contents } = document;
  const inline = contents === null || isScalar(contents) ||
    ((isSeq(contents) || isMap(contents)) && contents.flow === true);
  if (document.errors.length > 0 || !inline) {
    return {
      fault: "has a value that can't be read; expected one value, [a list] or {a: map}",
      column: valueColumn,
    };
  }
  return { path, value: document.toJS(), valueColumn, source };
}

/** Puts a setting into a document; what is wrong with it becomes a fault of the document. */
export function applySetting(schema: z.ZodType, located: Located, argument: string): void {
  const file = `--set ${redact(argument)}`;
  const fault = (text: string, column = 1) => located.faults.push({ file, line: 1, column, text });
  const setting = parseSetting(argument);
  if ("fault" in setting) return void fault(setting.fault, setting.column);
  const path = settledPath(setting.path);
  const known = path.findIndex((_, index) => schemaAt(schema, path.slice(0, index + 1)) === null);
  if (known !== -1) return void fault(unknownStep(schema, path.slice(0, known), path[known]!));
  if (located.value === null || typeof located.value !== "object") located.value = {};
  const root = located.value as Record<string, unknown>;
  if (path[0] === "run_steps" && (root["run_steps"] ?? null) === null) root["run_steps"] = allSteps();
  const problem = put(root, path, setting.value);
  if (problem !== null) return void fault(problem);
  const key = pathKey(path);
  settleMissing(located, path);
  for (const marks of [located.valueMarks, located.keyMarks, located.sources]) forget(marks, path);
  located.keyMarks.set(key, { file, line: 1, column: 1 });
  located.valueMarks.set(key, { file, line: 1, column: setting.valueColumn });
  located.sources.set(key, setting.source);
}

/** A placeholder without a value is no fault where a setting takes its place. */
function settleMissing({ missing, faults, unfilled }: Located, path: Path): void {
  for (const one of missing.filter((each) => path.every((part, i) => each.path[i] === part))) {
    missing.splice(missing.indexOf(one), 1);
    const at = faults.indexOf(one.fault);
    if (at >= 0) faults.splice(at, 1);
  }
  if (!missing.some((one) => one.path[0] === path[0])) unfilled.delete(String(path[0]));
}

function unknownStep(schema: z.ZodType, parent: Path, step: string | number): string {
  if (typeof step === "number") {
    return `"${showPath(parent)}" is no list; expected the name of a key after it`;
  }
  return schemaAt(schema, [...parent, 0]) === null
    ? unknownKey(schema, parent, step)
    : `"${showPath(parent)}" is a list; expected a position like [0] after it`;
}

/** A name of a notebook has a dot in it; and it stands under today's name. */
function settledPath(path: Path): Path {
  return path[0] === "run_steps" && path.length > 1
    ? ["run_steps", stepNameOf(path.slice(1).join("."))]
    : path;
}

function forget(marks: Map<string, unknown>, path: Path): void {
  const prefix = pathKey(path).slice(0, -1);
  for (const key of marks.keys()) {
    if (key === `${prefix}]` || key.startsWith(`${prefix},`)) marks.delete(key);
  }
}

/** Sets the value, making sections on the way; says why it can't. */
function put(root: Record<string, unknown>, path: Path, value: unknown): string | null {
  let at: unknown = root;
  for (const [index, step] of path.entries()) {
    const here = path.slice(0, index);
    if (Array.isArray(at)) {
      if (typeof step !== "number") {
        return `"${showPath(here)}" is a list; expected a position like [0] after it`;
      }
      if (step > at.length) {
        return `"${showPath(here)}" has ${at.length} entries; expected a position from 0 to ${at.length}`;
      }
    } else if (typeof step === "number" || at === null || typeof at !== "object") {
      return `"${showPath(here)}" is no ${typeof step === "number" ? "list" : "section"} in this config`;
    }
    const container = at as Record<string | number, unknown>;
    if (index === path.length - 1) container[step] = value;
    else at = container[step] ??= typeof path[index + 1] === "number" ? [] : {};
  }
  return null;
}
