/** A body of `inputs` and `parameters`, as TGI and LMI take it. */

import { flagIn, type Json, limitIn, objectIn, textIn } from "./json_body.ts";

export interface GenerateRequest {
  readonly prompt: string;
  readonly max_tokens: number | null;
  readonly stream: boolean;
  /** Whether the answer says counts and reasons. */
  readonly details: boolean;
  /** What the answer repeats before its own text. */
  readonly echo: string;
}

/** Reads a body; parameters may lie under `parameters` or beside the text. Throws Refusal. */
export function readGenerate(body: Json): GenerateRequest {
  const parameters = { ...body, ...objectIn(body, "parameters") };
  const prompt = textIn(body, "inputs");
  return {
    prompt,
    max_tokens: limitIn(parameters, "max_new_tokens", "max_tokens"),
    stream: flagIn(body, "stream"),
    details: flagIn(parameters, "details"),
    echo: flagIn(parameters, "return_full_text") ? prompt : "",
  };
}
