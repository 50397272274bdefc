/** One document laid over another, each value keeping the place where it was written. */

import { type Located, pathKey } from "./document.ts";
import type { Path } from "./fault.ts";

type Section = Record<string, unknown>;

function isSection(value: unknown): value is Section {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/**
 * Lays `top` over `base`. Sections are merged key by key, `experiments` entry by entry under their names; every other
 * list and every single value is replaced as a whole, and a key left empty takes away what stands below it.
 */
export function overlay(base: Located, top: Located): Located {
  const replaced: Path[] = [];
  const marks = {
    value: new Map(base.valueMarks),
    key: new Map(base.keyMarks),
    source: new Map(base.sources),
  };

  /** What stands at `from` in `top` is now at `to`: marks of what was there before go. */
  function take(from: Path, to: Path): void {
    replaced.push(to);
    for (
      const [own, others] of [
        [marks.value, top.valueMarks],
        [marks.key, top.keyMarks],
        [marks.source, top.sources],
      ] as [Map<string, unknown>, Map<string, unknown>][]
    ) {
      for (const key of own.keys()) if (startsWith(key, to)) own.delete(key);
      for (const [key, mark] of others) if (startsWith(key, from)) own.set(moved(key, from, to), mark);
    }
  }

  function merged(under: unknown, over: unknown, from: Path, to: Path): unknown {
    if (!isSection(under) || !isSection(over)) {
      take(from, to);
      return over;
    }
    markOnly(from, to);
    const result: Section = { ...under };
    for (const [key, value] of Object.entries(over)) {
      const [source, target] = [[...from, key], [...to, key]];
      const both = Object.hasOwn(under, key);
      if (to.length === 0 && key === "experiments" && Array.isArray(under[key]) && Array.isArray(value)) {
        markOnly(source, target);
        result[key] = mergedExperiments(under[key], value);
      } else if (both) result[key] = merged(under[key], value, source, target);
      else {
        take(source, target);
        result[key] = value;
      }
    }
    return result;
  }

  function mergedExperiments(under: readonly unknown[], over: readonly unknown[]): unknown[] {
    const result = [...under];
    for (const [index, experiment] of over.entries()) {
      const from = ["experiments", index];
      const named = isSection(experiment) && typeof experiment["name"] === "string";
      const at = named ? under.findIndex((one) => isSection(one) && one["name"] === experiment["name"]) : -1;
      if (at === -1) take(from, ["experiments", result.push(experiment) - 1]);
      else result[at] = merged(under[at], experiment, from, ["experiments", at]);
    }
    return result;
  }

  /** The section itself stands where it was written last. */
  function markOnly(from: Path, to: Path): void {
    const [source, target] = [pathKey(from), pathKey(to)];
    const value = top.valueMarks.get(source);
    const key = top.keyMarks.get(source);
    if (value !== undefined) marks.value.set(target, value);
    if (key !== undefined) marks.key.set(target, key);
  }

  const value = merged(base.value, top.value, [], []);
  const missing = base.missing.filter(({ path }) =>
    !replaced.some((over) => startsWith(pathKey(path), over))
  );
  const gone = base.missing.filter((one) => !missing.includes(one)).map(({ fault }) => fault);
  return {
    file: top.file,
    value,
    valueMarks: marks.value,
    keyMarks: marks.key,
    sources: marks.source,
    missing: [...missing, ...top.missing],
    unfilled: new Set([...missing.map(({ path }) => String(path[0] ?? "")), ...top.unfilled]),
    faults: [...base.faults.filter((fault) => !gone.includes(fault)), ...top.faults],
    notices: [...base.notices, ...top.notices],
  };
}

/** Whether the path behind a key is `path` or leads on from it. */
function startsWith(key: string, path: Path): boolean {
  if (path.length === 0) return true;
  const prefix = pathKey(path).slice(0, -1);
  return key === `${prefix}]` || key.startsWith(`${prefix},`);
}

function moved(key: string, from: Path, to: Path): string {
  return pathKey([...to, ...(JSON.parse(key) as Path).slice(from.length)]);
}
