/** Keys that are accepted and have no effect: said, never passed over in silence. */

import type { z } from "zod";
import { type Located, markOf } from "./document.ts";
import { type Notice, type Path, showPath } from "./fault.ts";
import { childOf, isFree, noteOf } from "./shape.ts";

/** One notice for every key of a document that has no effect, unless its value asks for what is done anyway. */
export function dormantKeys(schema: z.ZodType, located: Located): Notice[] {
  const notices: Notice[] = [];

  function visit(schema: z.ZodType, value: unknown, path: Path): void {
    if (value === null || value === undefined) return;
    const { dormant, agreed } = noteOf(schema);
    if (dormant !== undefined) {
      const wanted = JSON.stringify(value);
      if (agreed?.some((each) => JSON.stringify(each) === wanted)) return;
      const { file, line } = markOf(located, path, "key");
      notices.push({ file, line, key: showPath(path), text: dormant });
      return;
    }
    if (typeof value !== "object" || isFree(schema)) return;
    for (const [key, item] of Object.entries(value)) {
      const step = Array.isArray(value) ? Number(key) : key;
      const child = childOf(schema, step);
      if (child !== null) visit(child, item, [...path, step]);
    }
  }
  visit(schema, located.value, []);
  return notices;
}
