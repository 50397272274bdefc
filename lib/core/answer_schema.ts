/** JSON Schemas, compiled. Their compiler is loaded when the first one is: hardly any run has one. */

import { createRequire } from "node:module";
import type { Ajv, ValidateFunction } from "ajv";

export type JsonSchema = Readonly<Record<string, unknown>> | boolean;

const options = { strictTypes: false, strictTuples: false, validateFormats: false, logger: false } as const;
const compilers = new Map<"ajv" | "ajv/dist/2020.js", Ajv>();

/**
 * A schema of draft 2020-12, or of draft-07 where its `$schema` says so. `format` is a note, as the drafts have it, and an unknown
 * keyword is a fault.
 *
 * @throws {Error} that says what is wrong with it
 */
export function compileSchema(schema: JsonSchema): ValidateFunction {
  const named = typeof schema === "boolean" ? "" : String(schema["$schema"] ?? "");
  const ajv = named.includes("draft-07") ? compilerOf("ajv") : compilerOf("ajv/dist/2020.js");
  try {
    return ajv.compile(schema);
  } finally {
    // Two schemas may have the same `$id`.
    if (typeof schema !== "boolean") ajv.removeSchema(schema);
  }
}

function compilerOf(module: "ajv" | "ajv/dist/2020.js"): Ajv {
  return compilers.getOrInsertComputed(module, () => {
    const require = createRequire(import.meta.url);
    const { default: Compiler } = require(module) as { default: new (given: typeof options) => Ajv };
    return new Compiler(options);
  });
}
