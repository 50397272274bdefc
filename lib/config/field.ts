/** The kinds of values that a config holds, each with the words that a fault uses for what was expected. */

import { z } from "zod";

/** What is known of a key beside its type. */
export interface FieldNote {
  /** What a fault says was expected. */
  readonly expected?: string;
  /** Set on keys of FMBench's that nothing reads yet: why, as the rest of a sentence that starts with the key. */
  readonly dormant?: string;
  /** Values of a dormant key that ask for what is done anyway. */
  readonly agreed?: readonly unknown[];
}

/** Notes by schema. */
export const fieldNotes = z.registry<FieldNote>();

function noted<S extends z.ZodType>(schema: S, expected: string): S {
  fieldNotes.add(schema, { expected });
  return schema;
}

export const text = (expected = "text") => noted(z.string().min(1), expected);
export const flag = () => noted(z.boolean(), "yes or no");
export const number = (expected = "a number") => noted(z.number(), expected);
export const positive = (unit: string) => noted(z.number().positive(), `${unit}, more than 0`);
export const amount = (unit: string) => noted(z.number().min(0), `${unit}, 0 or more`);
export const fraction = (of: string) => noted(z.number().min(0).max(1), `${of}, from 0 to 1`);
export const whole = (least: number) => noted(z.int().min(least), `a whole number, ${least} or more`);
/** A whole number that may stand in quotes, as FMBench's configs have some. */
export const numeral = (least: number) =>
  noted(
    z.union([z.int().min(least), z.string().regex(/^\d+$/).transform(Number).pipe(z.int().min(least))]),
    `a whole number, ${least} or more`,
  );
export const oneOf = <const T extends readonly [string, ...string[]]>(values: T) =>
  noted(z.enum(values), values.length === 1 ? values[0] : `one of ${values.join(", ")}`);
export const list = <S extends z.ZodType>(item: S, what: string) => noted(z.array(item), `a list of ${what}`);

/** A name that files or folders are made of. */
export const fileName = (what: string) =>
  noted(
    z.string().regex(/^(?!\.)[^/\\:*?"<>|\p{Cc}]+$/u),
    `${what}: a name without / \\ : * ? " < > |, not starting with a dot`,
  );

/** A map whose keys are the user's own. */
export const freeMap = () => noted(z.record(z.string(), z.unknown()), "a map");

/** A map of names to values. */
export const values = () =>
  noted(
    z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
    "a map of names to single values",
  );

/** Anything that is a single value: FMBench's scripts take it as it comes. */
export const scalar = () =>
  noted(z.union([z.string(), z.number(), z.boolean()]), "text, a number, or yes or no");

/** A section: fixed keys, none of which is required unless its schema says so. */
export const section = <S extends z.ZodRawShape>(shape: S) => {
  const keys = Object.keys(shape);
  const some = keys.length > 6 ? `${keys.slice(0, 6).join(", ")}, ...` : keys.join(", ");
  return noted(z.strictObject(shape), `a section with keys (${some})`);
};

/**
 * Marks a key that is accepted with its type and has no effect.
 *
 * @param why the rest of the notice, which starts with the key
 * @param agreed values for which nothing need be said
 */
export function dormant<S extends z.ZodType>(
  schema: S,
  why = "has no effect in this version",
  agreed: readonly unknown[] = [],
): z.ZodOptional<S> {
  const optional = schema.optional();
  fieldNotes.add(optional, { dormant: why, agreed });
  return optional;
}
