/** Questions to a schema: which keys does it know, what stands under a key, what was expected there. */

import type { z } from "zod";
import { type FieldNote, fieldNotes } from "./field.ts";
import type { Path } from "./fault.ts";

type AnySchema = z.ZodType;

interface Definition {
  readonly type: string;
  readonly innerType?: AnySchema;
  readonly shape?: Readonly<Record<string, AnySchema>>;
  readonly element?: AnySchema;
  readonly valueType?: AnySchema;
}

function definition(schema: AnySchema): Definition {
  return schema._zod.def as unknown as Definition;
}

/** The layers of a schema from the outside in: defaults and options first, the type itself last. */
function layers(schema: AnySchema): AnySchema[] {
  const { innerType } = definition(schema);
  return innerType === undefined ? [schema] : [schema, ...layers(innerType)];
}

/** The note of a schema: the outermost layer that says something wins. */
export function noteOf(schema: AnySchema): FieldNote {
  return Object.assign({}, ...layers(schema).reverse().map((layer) => fieldNotes.get(layer) ?? {}));
}

/** Whether a schema takes text and nothing else. */
export function isText(schema: AnySchema): boolean {
  return definition(layers(schema).at(-1)!).type === "string";
}

/** The fixed keys under a schema, or null when it has none. */
export function keysOf(schema: AnySchema): readonly string[] | null {
  const { shape } = definition(layers(schema).at(-1)!);
  return shape === undefined ? null : Object.keys(shape);
}

/** Whether keys under a schema are the user's own. */
export function isFree(schema: AnySchema): boolean {
  return ["record", "unknown"].includes(definition(layers(schema).at(-1)!).type);
}

/** Whether a schema takes values of several kinds. */
export function isUnion(schema: AnySchema): boolean {
  return definition(layers(schema).at(-1)!).type === "union";
}

/** The schema of what stands under a key or at a position; null when nothing can stand there. */
export function childOf(schema: AnySchema, step: string | number): AnySchema | null {
  const inner = layers(schema).at(-1)!;
  const { type, shape, element, valueType } = definition(inner);
  if (type === "unknown") return inner;
  if (typeof step === "number") return element ?? null;
  if (shape !== undefined) return Object.hasOwn(shape, step) ? shape[step]! : null;
  return valueType ?? null;
}

/** The schema at a path; null when the schema has no such path. */
export function schemaAt(schema: AnySchema, path: Path): AnySchema | null {
  let at: AnySchema | null = schema;
  for (const step of path) at = at && childOf(at, step);
  return at;
}

/** The sections below a section that know a key directly. */
export function sectionsBelow(schema: AnySchema, key: string): string[] {
  return (keysOf(schema) ?? []).filter((name) => keysOf(childOf(schema, name)!)?.includes(key));
}

/** The sections (`report`, `experiments`) that know a key directly; for a key that stands in the wrong place. */
export function sectionsWith(schema: AnySchema, key: string): string[] {
  return (keysOf(schema) ?? []).filter((name) => {
    const child = childOf(schema, name)!;
    const section = childOf(child, 0) ?? child;
    return (keysOf(section) ?? []).includes(key);
  });
}
