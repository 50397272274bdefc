/** How a protocol is told that the reply has to be a verdict in JSON. */

import type { Parameters } from "../../predict/mod.ts";
import type { Judge } from "./judge.ts";
import { familiesOf } from "./model_family.ts";

const name = "verdict";
const description = "The verdict on the given answer.";
const schema = {
  type: "object",
  properties: {
    verdict: { type: "string", enum: ["correct", "incorrect"] },
    explanation: { type: "string", description: "One short sentence." },
  },
  required: ["verdict", "explanation"],
  additionalProperties: false,
};

const jsonSchema = {
  response_format: { type: "json_schema", json_schema: { name, strict: true, schema } },
};
const jsonObject = { response_format: { type: "json_object" } };
const tool = {
  toolConfig: {
    tools: [{ toolSpec: { name, description, inputSchema: { json: schema } } }],
    toolChoice: { tool: { name } },
  },
};

/** By protocol, the strictest first. */
const formsOf: Readonly<Record<string, readonly Parameters[]>> = {
  openai_chat: [jsonSchema, jsonObject],
  ollama: [{ format: schema }],
  llama_cpp: [{ json_schema: schema }],
  bedrock: [tool],
};

/**
 * What is added to a judge's parameters, the strictest form first, the plain one (nothing) last. A judge that refuses a form is asked in
 * the next one. Converse offers tools to all models, but lets a tool be chosen for those of Anthropic and Amazon only.
 */
export function verdictForms({ endpoint, structured = "auto", parameters }: Judge): readonly Parameters[] {
  const { predictor, model_id } = endpoint;
  const forms = formsOf[predictor] ?? [];
  const chosen = forms.some((form) => Object.keys(form).some((key) => parameters[key] !== undefined));
  const known = predictor !== "bedrock" ||
    familiesOf(model_id).some((family) => family === "anthropic" || family === "amazon");
  return structured === "no" || chosen || (structured === "auto" && !known) ? [{}] : [...forms, {}];
}
