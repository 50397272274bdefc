/** Whether the settings of a score can work, before there is an answer to score. */

import { compileSchema, type JsonSchema } from "./answer_schema.ts";
import { messageOf } from "./errors.ts";
import type { ScoreMethod, ScoreOptions } from "./score.ts";

/** The most options that there are letters for. */
export const mostChoices = 26;

/** What is wrong with a setting, in words that go on after its name. */
export interface ScoreFault {
  readonly key: "pattern" | "schema" | "choices";
  readonly found: string;
  readonly expected: string;
}

/** Why the pattern of `regex` can't be read; null: it can. */
export function patternFault(pattern: string): ScoreFault | null {
  try {
    new RegExp(pattern, "u");
    return null;
  } catch (error) {
    const found = messageOf(error).replace(/^.*\/u: /s, "");
    return {
      key: "pattern",
      found: `it can't be read: ${found}`,
      expected: "a JavaScript regular expression of the `u` kind",
    };
  }
}

/** Why the options of `choice` can't be chosen from; null: they can. */
export function choicesFault(choices: readonly string[]): ScoreFault | null {
  if (choices.length >= 2 && choices.length <= mostChoices) return null;
  return {
    key: "choices",
    found: choices.length === 1 ? "there is 1" : `there are ${choices.length}`,
    expected: `2 to ${mostChoices} texts`,
  };
}

/** Why the schema of `json_schema` can't be held against answers; null: it can. */
export function schemaFault(schema: JsonSchema): ScoreFault | null {
  try {
    compileSchema(schema);
    return null;
  } catch (error) {
    return {
      key: "schema",
      found: `it can't be used: ${messageOf(error)}`,
      expected: "a JSON Schema of draft 2020-12, or of draft-07 with its `$schema`",
    };
  }
}

/** What keeps the method of these settings from working. */
export function scoreFaults({ method, pattern, schema, choices }: ScoreOptions): ScoreFault[] {
  const fault = method === "regex" && pattern !== undefined
    ? patternFault(pattern)
    : method === "json_schema" && schema !== undefined
    ? schemaFault(schema)
    : method === "choice" && choices !== undefined
    ? choicesFault(choices)
    : null;
  return fault === null ? [] : [fault];
}

/** The methods that heed a setting. */
const users: Readonly<
  Record<"threshold" | "pattern" | "schema" | "choices" | "tolerance", readonly ScoreMethod[]>
> = {
  threshold: ["token_f1", "rouge_l", "levenshtein", "token_set_ratio"],
  pattern: ["regex"],
  schema: ["json_schema"],
  choices: ["choice"],
  tolerance: ["numeric"],
};

/** Settings that the method passes over, each with the methods that don't. */
export function idleSettings(
  options: ScoreOptions,
): { readonly key: string; readonly users: readonly ScoreMethod[] }[] {
  const { method } = options;
  const heeds = (heeding: readonly ScoreMethod[]) =>
    method === "auto" ? heeding.includes("numeric") : heeding.includes(method);
  return Object.entries(users)
    .filter(([key, heeding]) => options[key as keyof typeof users] !== undefined && !heeds(heeding))
    .map(([key, heeding]) => ({ key, users: heeding }));
}
