/** `json_schema`: the answer is JSON of a given shape. */

import type { ValidateFunction } from "ajv";
import {
  compileSchema,
  type JsonSchema,
  schemaFault,
  type ScoreFault,
  type ScoreOptions,
  UserError,
} from "../../core/mod.ts";
import { type Comparison, decidedBy } from "./comparison.ts";

/**
 * Right when the answer is JSON, alone or as the one fenced block in it, that a schema accepts: that of the options, which
 * asks for no right answer, else any right answer that is a schema itself; right answers that are none are passed over.
 *
 * `compileSchema` says what schemas may be. A right answer counts as a schema when it has one of the keywords that ask for something, so
 * that a JSON value in its place doesn't pass for a schema that takes everything.
 */
export function jsonSchema({ schema }: ScoreOptions): Comparison {
  if (schema === undefined) {
    const known = new Map<string, ValidateFunction | null>();
    const read = (truth: string) => {
      const there = known.get(truth);
      if (there !== undefined) return there;
      const validator = schemaOf(truth);
      known.set(truth, validator);
      return validator;
    };
    return decidedBy(read, accepts);
  }
  const fault = schemaFault(schema);
  if (fault !== null) throw unusable(schema, fault);
  const validator = compileSchema(schema);
  return (answer) => ({ value: null, correct: accepts(answer, validator) });
}

function accepts(answer: string, validator: ValidateFunction): boolean {
  const found = jsonIn(answer);
  return found !== null && validator(found.value) === true;
}

/** The JSON value of a text: all of it, or its only fenced block; null when it is none. */
function jsonIn(text: string): { value: unknown } | null {
  const blocks = [...text.matchAll(/^[ \t]*(`{3,})[^\n`]*\n([\s\S]*?)^[ \t]*\1[ \t]*$/gm)];
  return parsed(text) ?? (blocks.length === 1 ? parsed(blocks[0]?.[2] ?? "") : null);
}

function parsed(text: string): { value: unknown } | null {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return null;
  }
}

const asking = [
  "$ref",
  "type",
  "enum",
  "const",
  "properties",
  "required",
  "items",
  "anyOf",
  "oneOf",
  "allOf",
  "not",
];

function schemaOf(truth: string): ValidateFunction | null {
  const value = parsed(truth)?.value;
  if (value === null || typeof value !== "object" || Array.isArray(value)) return null;
  if (!asking.some((keyword) => keyword in value)) return null;
  try {
    return compileSchema(value as Readonly<Record<string, unknown>>);
  } catch {
    return null;
  }
}

function unusable(schema: JsonSchema, { found, expected }: ScoreFault): UserError {
  return new UserError({
    action: "score answers by the JSON schema",
    thing: JSON.stringify(schema).slice(0, 80),
    found,
    expected,
    remedy: "Correct the schema.",
  });
}
