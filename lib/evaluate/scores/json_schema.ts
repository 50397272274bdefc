/** `json_schema`: the answer is JSON of a given shape. */

import { Ajv, type ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import { messageOf, type ScoreOptions, UserError } from "../../core/mod.ts";
import { type Comparison, decidedBy } from "./comparison.ts";

/**
 * Right when the answer is JSON, alone or as the one fenced block in it, that a schema accepts: that of the options, which
 * asks for no right answer, else any right answer that is a schema itself; right answers that are none are passed over.
 *
 * Schemas are of draft 2020-12, or of draft-07 where `$schema` says so; `format` is a note, as the drafts have it, and an
 * unknown keyword is a fault. A right answer counts as a schema when it has one of the keywords that ask for something, so
 * that a JSON value in its place doesn't pass for a schema that takes everything.
 */
export function jsonSchema({ schema }: ScoreOptions): Comparison {
  const compile = compiler();
  if (schema === undefined) {
    const known = new Map<string, ValidateFunction | null>();
    const read = (truth: string) => {
      const there = known.get(truth);
      if (there !== undefined) return there;
      const validator = schemaOf(truth, compile);
      known.set(truth, validator);
      return validator;
    };
    return decidedBy(read, accepts);
  }
  let validator: ValidateFunction;
  try {
    validator = compile(schema);
  } catch (error) {
    throw unusable(schema, messageOf(error));
  }
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

type Schema = Readonly<Record<string, unknown>> | boolean;
type Compile = (schema: Schema) => ValidateFunction;

/** Schemas are forgotten once they are compiled: two of them may have the same `$id`. */
function compiler(): Compile {
  const options = { strictTypes: false, strictTuples: false, validateFormats: false, logger: false } as const;
  let [draft07, draft2020]: [Ajv | null, Ajv2020 | null] = [null, null];
  return (schema) => {
    const named = typeof schema === "boolean" ? "" : String(schema["$schema"] ?? "");
    const ajv = named.includes("draft-07")
      ? draft07 ??= new Ajv(options)
      : draft2020 ??= new Ajv2020(options);
    try {
      return ajv.compile(schema);
    } finally {
      if (typeof schema !== "boolean") ajv.removeSchema(schema);
    }
  };
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

function schemaOf(truth: string, compile: Compile): ValidateFunction | null {
  const value = parsed(truth)?.value;
  if (value === null || typeof value !== "object" || Array.isArray(value)) return null;
  if (!asking.some((keyword) => keyword in value)) return null;
  try {
    return compile(value as Readonly<Record<string, unknown>>);
  } catch {
    return null;
  }
}

function unusable(schema: Schema, found: string): UserError {
  return new UserError({
    action: "score answers by the JSON schema",
    thing: JSON.stringify(schema).slice(0, 80),
    found,
    expected: "a JSON Schema of draft 2020-12, or of draft-07 with its `$schema`",
    remedy: "Correct the schema.",
  });
}
